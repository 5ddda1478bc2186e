import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

// Threads do not inherit the loader of TypeScript that the main thread runs under. The tsconfig of the folder that a command is
// given in may lead to the sources of this checkout: that of the examples leads nowhere.
register({ tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)) });
await import('./worker.ts');
