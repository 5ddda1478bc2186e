import { hold, onCpu } from './hold';
import { recipes } from './recipes';

hold('wasm', recipes);
hold('cpu', onCpu(recipes));
