import * as core from '@invertible/core';
import * as tf from '@tensorflow/tfjs-core';
import { InvertibleLayer, type InvertibleLayerArgs, type LayerShape } from './invertible-layer';
import { ModelConditioner, type ModelConfig, type ModelFactory } from './model-conditioner';
import { register } from './register';

export interface ActNormArgs extends InvertibleLayerArgs {
  /** Set by saving: whether the first batch has been seen. */
  initialized?: boolean;
}

/** {@link core.actNorm} as a layer; its first training batch sets scale and bias. */
export class InvertibleActNorm extends InvertibleLayer {
  static className = 'InvertibleActNorm';
  readonly bijection = core.actNorm();
  private initialized: boolean | undefined;
  private start: object[] = [];

  constructor(args: ActNormArgs = {}) {
    super(args);
    this.initialized = args.initialized;
  }
  override build(inputShape: LayerShape | LayerShape[]): void {
    super.build(inputShape);
    this.start = this.dataIds();
  }
  /** True once the first batch, or a file, has set the weights: loading replaces their data. */
  private ready(): boolean {
    return this.initialized ?? this.dataIds().some((id, i) => id !== this.start[i]);
  }
  private dataIds(): object[] {
    return Object.values(this.named()).map((t) => t.dataId);
  }
  protected override prepare(x: tf.Tensor, training: boolean): void {
    if (!training || this.ready()) return;
    core.untaped(() =>
      tf.tidy(() => {
        const first = this.bijection.initialize!(x, this.named(), 'forward');
        for (const [name, value] of Object.entries(first)) (this.named()[name] as tf.Variable).assign(value);
      }),
    );
    this.initialized = true;
  }
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), initialized: this.ready() };
  }
}

export interface Conv1x1Args extends InvertibleLayerArgs, core.Conv1x1Options {}

/** {@link core.conv1x1} as a layer. */
export class InvertibleConv1x1 extends InvertibleLayer {
  static className = 'InvertibleConv1x1';
  readonly bijection: core.Bijection;
  private readonly options: core.Conv1x1Options;
  constructor(args: Conv1x1Args = {}) {
    super(args);
    this.options = pick(args, ['kind', 'reflections']);
    this.bijection = core.conv1x1(this.options);
  }
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}

export interface AdditiveCouplingArgs extends InvertibleLayerArgs, Omit<core.CouplingOptions, 'conditioner'> {
  /** A tf.LayersModel inside, instead of `hidden` and `kernel`. */
  conditioner?: ModelFactory | ModelConfig;
}
export interface AffineCouplingArgs extends AdditiveCouplingArgs {
  /** Bound of the log-scale. Default 2. */
  clamp?: number;
}

/** What the coupling layers share: the options of their bijection, and the model that may be inside. */
abstract class CouplingLayer extends InvertibleLayer {
  readonly bijection: core.Bijection;
  private readonly net: ModelConditioner | undefined;
  constructor(
    args: AdditiveCouplingArgs,
    make: (options: core.CouplingOptions) => core.Bijection,
    private readonly options: object,
  ) {
    super(args);
    this.net = args.conditioner && new ModelConditioner(args.conditioner);
    this.bijection = make({ ...options, ...(this.net && { conditioner: this.net.conditioner }) });
  }
  override getConfig(): tf.serialization.ConfigDict {
    const own = { ...super.getConfig(), ...this.options };
    return this.net ? { ...own, conditioner: this.net.getConfig() as never } : own;
  }
}

/** {@link core.additiveCoupling} as a layer: of x, or of [x, condition]. */
export class InvertibleAdditiveCoupling extends CouplingLayer {
  static className = 'InvertibleAdditiveCoupling';
  constructor(args: AdditiveCouplingArgs = {}) {
    super(args, core.additiveCoupling, pick(args, ['hidden', 'kernel', 'split', 'flip']));
  }
}

/** {@link core.affineCoupling} as a layer: of x, or of [x, condition]. */
export class InvertibleAffineCoupling extends CouplingLayer {
  static className = 'InvertibleAffineCoupling';
  constructor(args: AffineCouplingArgs = {}) {
    super(args, core.affineCoupling, pick(args, ['hidden', 'kernel', 'split', 'flip', 'clamp']));
  }
}

export interface SqueezeArgs extends InvertibleLayerArgs {
  pattern?: core.SqueezePattern;
  /** Undo a squeeze. Default false. */
  inverse?: boolean;
}

/** {@link core.squeeze} as a layer. */
export class InvertibleSqueeze extends InvertibleLayer {
  static className = 'InvertibleSqueeze';
  readonly bijection: core.Bijection;
  private readonly options: { pattern?: core.SqueezePattern; inverse?: boolean };
  constructor(args: SqueezeArgs = {}) {
    super(args);
    this.options = pick(args, ['pattern', 'inverse']);
    const down = core.squeeze(this.options);
    this.bijection = this.options.inverse ? core.reverse(down) : down;
  }
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}

export interface LogitArgs extends InvertibleLayerArgs {
  /** Distance that keeps 0 and 1 from infinity. Default 1e-6. */
  alpha?: number;
}

/** {@link core.logit} as a layer. */
export class InvertibleLogit extends InvertibleLayer {
  static className = 'InvertibleLogit';
  readonly bijection: core.Bijection;
  private readonly options: { alpha?: number };
  constructor(args: LogitArgs = {}) {
    super(args);
    this.options = pick(args, ['alpha']);
    this.bijection = core.logit(this.options);
  }
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}

/** The options that were given, by name. */
function pick<T extends object, K extends keyof T>(args: T, names: K[]): Pick<T, K> {
  return Object.fromEntries(names.filter((n) => args[n] !== undefined).map((n) => [n, args[n]])) as Pick<
    T,
    K
  >;
}

for (const layer of [
  InvertibleActNorm,
  InvertibleConv1x1,
  InvertibleAdditiveCoupling,
  InvertibleAffineCoupling,
  InvertibleSqueeze,
  InvertibleLogit,
]) {
  register(layer);
}
