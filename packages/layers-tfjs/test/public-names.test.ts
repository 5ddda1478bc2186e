import { resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '../../..');
const entries = {
  '@invertible/core': 'packages/core/src/index.ts',
  '@invertible/core/testing': 'packages/core/src/testing/index.ts',
  '@invertible/layers-tfjs': 'packages/layers-tfjs/src/index.ts',
};

const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), ts.sys.readFile);
const program = ts.createProgram(
  Object.values(entries).map((file) => resolve(root, file)),
  ts.parseJsonConfigFileContent(config, ts.sys, root).options,
);
const checker = program.getTypeChecker();

interface Public {
  name: string;
  kind: 'value' | 'type';
  documented: boolean;
}

const isDocumented = (symbol: ts.Symbol) => symbol.getDocumentationComment(checker).length > 0;

/** What `export * as` says: the comment stands before the whole statement. */
const isNamespaceDocumented = ({ declarations = [] }: ts.Symbol) =>
  declarations.some((d) => ts.isNamespaceExport(d) && ts.getJSDocCommentsAndTags(d.parent).length > 0);

function publicNames(file: string): Public[] {
  const source = program.getSourceFile(resolve(root, file));
  const module = source && checker.getSymbolAtLocation(source);
  return checker.getExportsOfModule(module!).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    return {
      name: exported.name,
      kind: symbol.flags & ts.SymbolFlags.Value ? 'value' : 'type',
      documented: isDocumented(symbol) || isNamespaceDocumented(exported),
    };
  });
}

// A change of this list is a change of what others wrote code against: `npx jest public-names -u` writes it.
test.each(Object.entries(entries))('the public names of %s', (_, file) => {
  const lines = publicNames(file).map(({ name, kind }) => `${kind} ${name}`);
  expect(lines.sort()).toMatchSnapshot();
});

test.each(Object.entries(entries))('every public value of %s says what it is', (_, file) => {
  const silent = publicNames(file).filter(({ kind, documented }) => kind === 'value' && !documented);
  expect(silent.map(({ name }) => name)).toEqual([]);
});
