import { hold, onCpu } from './hold';
import { residual } from './residual';

hold('wasm', residual);
hold('cpu', onCpu(residual));
