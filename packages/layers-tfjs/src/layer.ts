import * as core from '@invertible/core';
import type * as tf from '@tensorflow/tfjs-core';
import { InvertibleLayer } from './invertible-layer';
import { type InvertibleLayerArgs, layerRules } from './layer-args';
import { ModelConditioner, type ModelConfig, type ModelFactory } from './model-conditioner';
import { register } from './register';

/** The options of a bijection as its layer takes them: where core wants a conditioner, a tf.LayersModel will do. */
export type Args<Options extends object> = InvertibleLayerArgs &
  Omit<Options, 'conditioner' | 'seed'> &
  ('conditioner' extends keyof Options
    ? {
        /** The network inside: a factory of a tf.LayersModel, or one of core's, as data. */
        conditioner?: ModelFactory | ModelConfig | Extract<Options['conditioner'], { kind: string }>;
      }
    : object);

/** A factory like those of tf.layers. */
export interface LayerFactory<Options extends object> {
  (args?: Args<Options>): InvertibleLayer;
  /** The class that it makes, and that models are loaded by. */
  readonly Layer: (new (args?: Args<Options>) => InvertibleLayer) & { className: string };
  /** What is known of the bijection. */
  readonly metadata: core.Metadata<Options>;
}

/** The rules of a layer's arguments: those of every layer, and those of the bijection, whose conditioner may be a model. */
function rulesOf(options: object | undefined): core.Rules<Record<string, unknown>> {
  const all: Record<string, core.Rule> = { ...options, ...layerRules };
  const { conditioner } = all;
  if (!conditioner) return all;
  const expected = `a function that makes a tf.LayersModel, or ${conditioner.expected}`;
  const holds = (value: unknown) => ModelConditioner.takes(value) || conditioner.holds(value);
  return { ...all, conditioner: { ...conditioner, expected, holds } };
}

/** A kind of bijection as a kind of layer, under the class name that the bijection knows. */
export function layer<Options extends object>(factory: core.Factory<Options>): LayerFactory<Options> {
  const { className, seeded, complete, options, changedDefaults = {} } = factory.metadata;
  const [today, before] = [core.defaultsOf(changedDefaults, 'is'), core.defaultsOf(changedDefaults, 'was')];
  const rules = rulesOf(options);
  const bijection = (given: object) => factory(given as Options);
  class Layer extends InvertibleLayer {
    static className = className;
    /** The bijection of options in a file. */
    static bijectionOf = (config: object) => bijection({ ...before, ...config });
    private options: Record<string, unknown>;
    private readonly net: ModelConditioner | undefined;

    constructor(args: Args<Options> = {} as Args<Options>) {
      core.checkOptions(core.kindName(className), args, rules);
      super(args);
      const given = { ...today, ...core.rules.defined(args) };
      this.options = Object.fromEntries(Object.entries(given).filter(([name]) => !(name in layerRules)));
      const { conditioner } = this.options;
      if (ModelConditioner.takes(conditioner)) this.net = new ModelConditioner(conditioner);
      // Bad options are refused here, where they are written.
      if (!complete) this.settle(this.make());
    }

    /** A config that lacks an option whose default has changed is of an older version. */
    static override fromConfig<T extends tf.serialization.Serializable>(
      made: tf.serialization.SerializableConstructor<T>,
      config: tf.serialization.ConfigDict,
    ): T {
      return InvertibleLayer.fromConfig(made, { ...before, ...config });
    }

    private make(): core.Bijection {
      const { options, net, seed } = this;
      const conditioner = net && { conditioner: net.conditioner };
      return bijection({ ...options, ...conditioner, ...(seeded && { seed }) });
    }

    protected override bijectionFor(shape: core.Shape): core.Bijection {
      if (complete && !this.reversed)
        this.options = { ...complete(this.options as Options, shape) } as Record<string, unknown>;
      return this.make();
    }

    override freeModels(): void {
      this.net?.release();
    }

    override getConfig(): tf.serialization.ConfigDict {
      for (const [option, value] of Object.entries(this.options)) {
        if (option !== 'conditioner' || !this.net) checkPlain(this.name, option, value);
      }
      const config = { ...super.getConfig(), ...this.options } as tf.serialization.ConfigDict;
      // Plain data, whose type tfjs does not take for a config.
      return this.net ? { ...config, conditioner: this.net.getConfig() as never } : config;
    }
  }
  register(Layer);
  return Object.assign((args?: Args<Options>) => new Layer(args), { Layer, metadata: factory.metadata });
}

/** Refuses to put into a config what JSON would drop without a word: functions, such as those of an operator. */
export function checkPlain(where: string, option: string, value: unknown): void {
  if (typeof value === 'function') {
    core.refuse(
      `config of ${where}`,
      'options that a file can hold',
      `a function in \`${option}\``,
      'Save the weights alone, and make the layer again in code.',
    );
  }
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) checkPlain(where, option, inner);
  }
}
