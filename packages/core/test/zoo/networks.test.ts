import { hold } from './hold';
import { networks } from './networks';

hold('wasm', networks);
// Convolutions take long on cpu: vectors only.
hold(
  'cpu',
  networks.filter(({ axes }) => axes === 0),
);
