// Threads do not inherit the loader of TypeScript that the main thread runs under.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
