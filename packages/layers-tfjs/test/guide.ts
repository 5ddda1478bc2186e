import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { transformSync } from '@swc/core';
import ts from 'typescript';

const root = resolve(__dirname, '../../..');

/** The files that CONTRIBUTING.md shows, by the path in their first line, and how to load one as if it lay there. */
export function guide() {
  const text = readFileSync(resolve(root, 'CONTRIBUTING.md'), 'utf8');
  const blocks = [...text.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)];
  const sources = Object.fromEntries(blocks.map(([, path, code]) => [resolve(root, path!), code!]));
  const loaded = new Map<string, object>();
  const modules = (path: string): object => {
    const known = loaded.get(path);
    if (known) return known;
    const { code } = transformSync(sources[path]!, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    const exported = {};
    loaded.set(path, exported);
    new Function('require', 'exports', code)((name: string) => {
      if (!name.startsWith('.')) return require(name);
      const file = resolve(dirname(path), name);
      return `${file}.ts` in sources ? modules(`${file}.ts`) : require(file);
    }, exported);
    return exported;
  };
  return { sources, modules };
}

/** What the compiler says of files that are nowhere but here. */
export function complaints(sources: Record<string, string>): string[] {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => file in sources || fileExists(file);
  host.readFile = (file) => sources[file] ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const own = sources[file];
    return own === undefined
      ? getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, own, version, true);
  };
  const program = ts.createProgram(Object.keys(sources), options, host);
  return Object.keys(sources)
    .flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
    .map(
      ({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}
