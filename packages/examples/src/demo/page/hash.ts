/** The settings that a link keeps: `#name=value&…`. */
const fields = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));

export const kept = (name: string): string | null => fields().get(name);

/** Keeps a setting in the address, without a step of the history; an empty one is left out. */
export function keep(name: string, value: string): void {
  const all = fields();
  if (value) all.set(name, value);
  else all.delete(name);
  history.replaceState(null, '', `#${all}`);
}

/** Gives the controls of a form what the link has of them, and keeps what is changed. */
export function keepForm(form: HTMLFormElement): void {
  const controls = Array.from(form.elements).filter((one) => isControl(one));
  for (const control of controls) {
    const value = kept(control.name);
    if (value === null) continue;
    if (control instanceof HTMLInputElement && control.type !== 'range')
      control.checked = value.split(' ').includes(control.value);
    else control.value = value;
  }
  form.addEventListener('change', () => {
    const data = new FormData(form);
    for (const name of new Set(controls.map((control) => control.name)))
      keep(name, data.getAll(name).join(' ') || 'none');
  });
}

const isControl = (element: Element) =>
  element instanceof HTMLInputElement || element instanceof HTMLSelectElement;
