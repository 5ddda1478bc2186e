import { hold, iterated, onCpu } from './hold';
import { residual } from './residual';

hold('wasm', residual);
hold('cpu', onCpu(iterated(residual)));
