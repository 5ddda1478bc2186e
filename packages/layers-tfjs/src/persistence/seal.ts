import * as tf from '@tensorflow/tfjs-core';
import { canonical, digest } from './digest';
import { refuseFile } from './refuse-file';

/**
 * The digest of a model lies in `generatedBy`: a text that every place keeps and that tf.layers neither reads nor hands on to
 * the model, so that a model which is loaded, trained and saved by others does not carry the digest of what it was.
 */
const signature = ', @invertible/layers-tfjs sha256:';
const signed = /, @invertible\/layers-tfjs sha256:[0-9a-f]*$/;

/** Either half of the signature tells that there was one, also where the other half has been damaged. */
const isSigned = (generatedBy: string): boolean => /@invertible\/layers-tfjs|sha256:/.test(generatedBy);

type Content = Pick<
  tf.io.ModelArtifacts,
  'modelTopology' | 'weightSpecs' | 'trainingConfig' | 'userDefinedMetadata'
>;

/** The digest of everything that is loaded; `data` is that of the weights. */
function digestOf(content: Content, data: string): Promise<string> {
  const { modelTopology, weightSpecs, trainingConfig = null, userDefinedMetadata = null } = content;
  return digest(canonical([modelTopology, weightSpecs, trainingConfig, userDefinedMetadata, data]));
}

/** Artifacts with the digest of what they hold. */
export async function sealed(artifacts: tf.io.ModelArtifacts): Promise<tf.io.ModelArtifacts> {
  const weightData = tf.io.CompositeArrayBuffer.join(artifacts.weightData);
  const data = await digest(weightData);
  const generatedBy = (artifacts.generatedBy ?? '').replace(signed, '');
  return {
    ...artifacts,
    weightData,
    generatedBy: `${generatedBy}${signature}${await digestOf(artifacts, data)}`,
  };
}

/** Refuses what was changed since it was sealed. Whether there is a seal at all; `data` is the digest of the weights. */
export async function checkSeal(
  where: string,
  { generatedBy, ...content }: tf.io.ModelArtifacts,
  data: string,
): Promise<boolean> {
  if (typeof generatedBy !== 'string' || !isSigned(generatedBy)) return false;
  if (!generatedBy.endsWith(`${signature}${await digestOf(content, data)}`))
    refuseFile(where, 'a model as it was written', 'a changed one: its SHA-256 is another');
  return true;
}

/** Reports a file that nothing vouches for. */
export function warnUnsealed(where: string, remedy: string): void {
  console.warn(`${where}: it carries no digest, so that changed numbers in it would not show. ${remedy}`);
}
