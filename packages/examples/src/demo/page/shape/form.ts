import { couplingNames, type LessonSettings, type ShapeName, shapeNames } from '../../protocol';
import { byId } from '../dom';
import { keepForm } from '../hash';

interface ShapeForm {
  shape(): ShapeName;
  coupling(): LessonSettings['coupling'];
  /** What the sheets show. */
  layers(): ReadonlySet<string>;
}

interface Listeners {
  /** Another lesson is asked for. */
  onLesson: () => void;
  /** More or less is to be shown. */
  onLayers: () => void;
}

/** The choices above the sheets. */
export function shapeForm({ onLesson, onLayers }: Listeners): ShapeForm {
  const form = byId('shape-form', HTMLFormElement);
  keepForm(form);
  form.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === 'layer') onLayers();
    else onLesson();
  });
  const one = <Name extends string>(name: string, names: readonly [Name, ...Name[]]): Name =>
    names.find((choice) => choice === new FormData(form).get(name)) ?? names[0];
  return {
    shape: () => one('shape', shapeNames),
    coupling: () => one('coupling', couplingNames),
    layers: () => new Set(new FormData(form).getAll('layer').map(String)),
  };
}
