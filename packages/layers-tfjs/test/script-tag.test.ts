import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { noChromium, onPage } from '../../core/test/backends/chromium';

const root = resolve(__dirname, '../../..');
const script = (path: string) => readFileSync(resolve(root, path), 'utf8');
const tfjs = `${dirname(require.resolve('@tensorflow/tfjs/package.json'))}/dist/tf.min.js`;

/** A program of a page without a bundler: `tf` and `invertible` are globals. */
const program = `
  async function trained() {
    await tf.setBackend('cpu');
    const { core, inn } = invertible;
    const model = tf.sequential();
    model.add(inn.affineCoupling({ inputShape: [2], hidden: 8, seed: 1 }));
    model.add(inn.gaussianLikelihood());
    model.compile({ optimizer: tf.train.adam(0.01), loss: inn.nll });
    const x = core.twoMoons().sample(64, { seed: 1 });
    const { history } = await model.fit(x, tf.zeros([64, 1]), { epochs: 20, verbose: 0 });
    const flow = inn.realNvp({ shape: [2], layers: 2, hidden: 8 });
    return { losses: history.loss, back: (await tf.max(tf.abs(tf.sub(flow.inverse(flow.forward(x).z).x, x))).data())[0] };
  }`;

const missing = noChromium();

(missing ? test.skip : test)(
  `the script tag trains over a global tf${missing ? `: ${missing}` : ''}`,
  async () => {
    const page = [script(tfjs), script('packages/layers-tfjs/dist/invertible.min.js'), program].join('\n;');
    const { losses, back } = await onPage(page, (p) =>
      p.evaluate(() =>
        // The function of the program above.
        (globalThis as unknown as { trained(): Promise<{ losses: number[]; back: number }> }).trained(),
      ),
    );
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(back).toBeLessThan(1e-5);
  },
);
