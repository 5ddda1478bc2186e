import { join } from 'node:path';
import { refuse } from '@invertible/core';
import { Command } from 'commander';
import { oneOf, runCommand, type Setting, type Shared, whole } from '../command-line';
import { writeFile } from '../raster';
import { writeJson } from '../report';
import { networks } from './network';
import { normalStudy } from './normal-study';
import { calibrationChart, pictureOf } from './picture';
import { seismicStudy } from './seismic-study';
import type { StudyOptions } from './study';
import { tuningStudy } from './tuning-study';

interface Options extends Shared, StudyOptions {
  resume?: boolean;
}

const command = new Command('npm run imaging --')
  .description(
    'Learns the posterior of seismic sections from noisy, band-limited, partly missing traces with a conditional flow, checks its ' +
      'calibration and a closed form, and trains it further for one observation by reverse KL.',
  )
  .option('--network <name>', `the flow: ${networks.join(' or ')}`, oneOf(networks), 'glow')
  .option('--steps <n>', 'training steps of the flow, each on sections of its own', whole(1), 300)
  .option(
    '--estimate-steps <n>',
    'training steps of the point estimate, which has as many weights',
    whole(1),
    300,
  )
  .option('--normal-steps <n>', 'training steps of the flow for sections that are normal', whole(1), 150)
  .option('--tune-steps <n>', 'steps of reverse KL for one observation', whole(1), 60)
  .option('--batch <n>', 'sections per step', whole(2), 32)
  .option('--size <n>', 'pixels along each side, a multiple of 4', whole(8), 16)
  .option('--depth <n>', 'couplings at each of the two scales', whole(1), 3)
  .option('--hidden <n>', 'hidden channels of each', whole(1), 32)
  .option('--width <n>', 'channels of the U-Net at full resolution', whole(1), 8)
  .option('--held-out <n>', 'held-out sections', whole(2), 128)
  .option('--seed <n>', 'seed of weights, sections, noise and draws', whole(0), 1)
  .option('--resume', 'go on with the run in --out');

async function run(options: Options, { out, backend, interruption }: Setting): Promise<void> {
  const { size, resume } = options;
  if (size % 4) refuse('--size', 'a multiple of 4', size, 'Two scales and the U-Net halve it twice.');
  console.log(
    `Seismic sections of ${size} × ${size} from noisy, band-limited traces, a third of them missing · ` +
      `conditional ${options.network} · backend ${backend}`,
  );
  const begun = performance.now();
  const setting = { options, out, resume, interruption };
  const seismic = await seismicStudy(setting);
  const write = (figures: object, rows: Parameters<typeof pictureOf>[0]) => {
    const { out: _, resume: __, ...given } = options;
    const seconds = (performance.now() - begun) / 1000;
    writeJson(join(out, 'summary.json'), { ...given, backend, seconds, ...figures });
    writeFile(join(out, 'imaging.png'), pictureOf(rows));
    console.log(`Pictures and figures: ${out}`);
  };
  writeFile(join(out, 'calibration.png'), await calibrationChart(seismic.figures));
  if (seismic.interrupted) {
    process.exitCode = 130;
    return write({ sections: seismic.figures }, seismic.rows);
  }
  const normal = await normalStudy(setting);
  const tuning = normal.interrupted ? undefined : await tuningStudy(setting, seismic);
  if (!tuning || tuning.interrupted) process.exitCode = 130;
  write({ sections: seismic.figures, normal: normal.figures, otherSurvey: tuning?.figures }, [
    ...seismic.rows,
    ...(tuning?.rows ?? []),
    ...normal.rows,
  ]);
}

await runCommand(command, { out: 'out/imaging', files: 'checkpoints, pictures and summary' }, run);
