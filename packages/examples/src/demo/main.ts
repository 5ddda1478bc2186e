import { resolve } from 'node:path';
import { Command } from 'commander';
import { build, preview } from 'vite';
import { endInOneSentence, whole } from '../command-line';
import { configOf } from './build';

const command = new Command('npm run demo --')
  .description('A page on which flows learn in front of you. Makes its files, and serves them until Ctrl-C.')
  .option('--out <folder>', 'where the files go: any web host carries them', 'out/demo')
  .option('--only-build', 'make the files, and end')
  .option('--host <name>', 'address to serve at (default: all of this machine)')
  .option('--port <n>', 'the first that is free from here on', whole(1), 4173)
  .showHelpAfterError('npm run demo -- --help lists the options.')
  .parse();

interface Options {
  out: string;
  onlyBuild?: boolean;
  host?: string;
  port: number;
}

await endInOneSentence(async () => {
  const { out, onlyBuild, host = true, port } = command.opts<Options>();
  // npm runs a workspace's script in its own folder; paths are meant from where the user stood.
  const folder = resolve(process.env.INIT_CWD ?? '', out);
  const config = configOf(folder);
  await build(config);
  console.log(`Files of the page: ${folder}`);
  if (onlyBuild) return;
  const { resolvedUrls } = await preview({ ...config, preview: { ...config.preview, host, port } });
  for (const url of [...(resolvedUrls?.local ?? []), ...(resolvedUrls?.network ?? [])]) console.log(url);
});
