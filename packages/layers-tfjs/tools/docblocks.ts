import { resolve } from 'node:path';
import ts from 'typescript';

/** What the sources of core say of one public function. */
export interface Documented {
  name: string;
  /** Its docblock, without the examples, which are core's. */
  text: string;
  options: Option[];
}

export interface Option {
  name: string;
  text: string;
  /** The words that it may be, if it is one of a few. */
  words: string[];
}

/** The kinds of bijections that core exports, and its conditioners by the name that they have as data. */
export function readCore(root: string): {
  kinds: Documented[];
  conditioners: (Documented & { kind: string })[];
} {
  const core = resolve(root, 'packages/core/src');
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([resolve(core, 'index.ts')], options);
  const checker = program.getTypeChecker();
  const entry = checker.getSymbolAtLocation(program.getSourceFile(resolve(core, 'index.ts'))!)!;
  const kinds = checker.getExportsOfModule(entry).flatMap((exported) => {
    const symbol = resolved(exported, checker);
    const made = symbol.valueDeclaration;
    return made && isKind(made) ? [documented(exported.name, symbol, checker)] : [];
  });
  const byKind = conditionerKinds(program.getSourceFile(resolve(core, 'conditioners/conditioner-of.ts'))!);
  const conditioners = byKind.map(([kind, node]) => {
    const short = ts.isShorthandPropertyAssignment(node) && checker.getShorthandAssignmentValueSymbol(node);
    const symbol = resolved(short || checker.getSymbolAtLocation(node)!, checker);
    return { kind, ...documented(symbol.name, symbol, checker) };
  });
  const byName = (a: Documented, b: Documented) => (a.name < b.name ? -1 : 1);
  return { kinds: kinds.sort(byName), conditioners: conditioners.sort(byName) };
}

const resolved = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const isKind = (node: ts.Declaration): boolean =>
  ts.isVariableDeclaration(node) &&
  node.initializer !== undefined &&
  ts.isCallExpression(node.initializer) &&
  node.initializer.expression.getText() === 'defineBijection';

/** The entries of `const kinds = {…}`. */
function conditionerKinds(file: ts.SourceFile): [string, ts.Node][] {
  const found: [string, ts.Node][] = [];
  file.forEachChild(function visit(node): void {
    if (ts.isVariableDeclaration(node) && node.name.getText() === 'kinds' && node.initializer) {
      for (const entry of (node.initializer as ts.ObjectLiteralExpression).properties) {
        found.push([entry.name!.getText(), ts.isPropertyAssignment(entry) ? entry.initializer : entry]);
      }
    } else ts.forEachChild(node, visit);
  });
  return found;
}

function documented(name: string, symbol: ts.Symbol, checker: ts.TypeChecker): Documented {
  const declaration = symbol.valueDeclaration!;
  const [signature] = checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures();
  const [parameter] = signature!.getParameters();
  const type =
    parameter && checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, declaration));
  return { name, text: docblock(declaration), options: type ? optionsOf(type, declaration, checker) : [] };
}

/** The lines of the docblock before a declaration. */
function docblock(declaration: ts.Node): string {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const text = statement.getSourceFile().text;
  const last = ts.getLeadingCommentRanges(text, statement.getFullStart())?.at(-1);
  if (!last) return '';
  return text
    .slice(last.pos + '/**'.length, last.end - '*/'.length)
    .replaceAll(/^ ?\* ?/gm, '')
    .replaceAll(/```ts\n[\s\S]*?```/g, '')
    .trim();
}

function optionsOf(type: ts.Type, at: ts.Node, checker: ts.TypeChecker): Option[] {
  const all = (type.isUnion() ? type.types : [type]).flatMap((one) => checker.getPropertiesOfType(one));
  const first = new Map<string, ts.Symbol>();
  for (const property of all) if (!first.has(property.name)) first.set(property.name, property);
  return [...first.values()].map((property) => ({
    name: property.name,
    text: ts.displayPartsToString(property.getDocumentationComment(checker)).replaceAll(/\s+/g, ' '),
    words: wordsOf(property, at, checker),
  }));
}

/** The words of a union of words, in the order of the source: the checker's is another. */
function wordsOf(property: ts.Symbol, at: ts.Node, checker: ts.TypeChecker): string[] {
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(property, at));
  const types = type.isUnion() ? type.types : [];
  const words = types.flatMap((one) => (one.isStringLiteral() ? [`'${one.value}'`] : []));
  if (words.length === 0 || words.length < types.length) return [];
  const alias = type.aliasSymbol ?? checker.getTypeAtLocation(property.valueDeclaration ?? at).aliasSymbol;
  const source = (alias?.declarations ?? property.declarations ?? [])[0]?.getText() ?? '';
  return words.sort((a, b) => source.indexOf(`${a}`) - source.indexOf(`${b}`));
}
