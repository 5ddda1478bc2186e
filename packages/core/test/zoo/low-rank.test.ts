import { hold, onCpu } from './hold';
import { lowRank } from './low-rank';

hold('wasm', lowRank);
hold('cpu', onCpu(lowRank));
