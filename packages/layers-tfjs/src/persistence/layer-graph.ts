import { isModel } from './classes';
import { brief, isObject } from './json';
import { refuseFile } from './refuse-file';

/** A layer of a graph: how often it has been applied so far, and the applications that wait for others. */
interface Node {
  name: string;
  applied: number;
  calls: Link[][];
}

/** The output of a layer, by the number of its application. */
interface Link {
  from: string;
  application: number;
}

/** Whether the config of a model holds a graph, and not a sequence of layers. */
export const isGraph = (config: unknown): config is Record<string, unknown> & { layers: unknown[] } =>
  isObject(config) &&
  Array.isArray(config.layers) &&
  ('inputLayers' in config || config.layers.some((layer) => isObject(layer) && 'inboundNodes' in layer));

/**
 * Refuses the graph of a model whose layers wait for one that never comes, where tf.layers would wait for ever: for a name that no
 * layer has, for an application that nobody makes, or for each other.
 */
export function checkGraph(where: string, config: Record<string, unknown> & { layers: unknown[] }): void {
  const nodes = new Map<string, Node>();
  for (const layer of config.layers) {
    const node = nodeOf(where, layer);
    if (nodes.has(node.name)) refuseFile(where, 'layers with names of their own', `"${node.name}" twice`);
    nodes.set(node.name, node);
  }
  for (const { name, calls } of nodes.values())
    for (const { from } of calls.flat())
      if (!nodes.has(from))
        refuseFile(where, `a layer "${from}", from which "${name}" takes its input`, 'none of that name');
  applyAll(where, nodes);
  for (const end of ['inputLayers', 'outputLayers'] as const) checkEnds(where, config[end], nodes);
}

function nodeOf(where: string, layer: unknown): Node {
  if (!isObject(layer)) return refuseFile(where, 'a list of layers', brief(layer));
  const { name, className, config, inboundNodes } = layer;
  const own = isObject(config) ? (config.name ?? name) : name;
  if (typeof name !== 'string' || own !== name)
    return refuseFile(where, 'a layer with one name', `${brief(name)} and ${brief(own)}`);
  if (!Array.isArray(inboundNodes))
    return refuseFile(where, `the inputs of layer "${name}"`, brief(inboundNodes));
  const calls = inboundNodes.map((call: unknown) =>
    Array.isArray(call) && call.length > 0
      ? call.map((link) => linkOf(where, name, link))
      : refuseLink(where, name, call),
  );
  // Models begin with one application, that to their own inputs.
  const begun = className === 'InputLayer' || isModel(String(className));
  return { name, applied: begun ? 1 : 0, calls };
}

function linkOf(where: string, name: string, link: unknown): Link {
  const [from, application, output]: unknown[] = Array.isArray(link) ? link : [];
  if (typeof from !== 'string' || !isIndex(application) || !isIndex(output))
    return refuseLink(where, name, link);
  return { from, application };
}

const isIndex = (n: unknown): n is number => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0;

const refuseLink = (where: string, name: string, link: unknown): never =>
  refuseFile(where, `inputs of layer "${name}" as [name, application, output]`, brief(link));

/** Applies each layer once its inputs are there, as tf.layers does, by their names alone. */
function applyAll(where: string, nodes: Map<string, Node>): void {
  const isThere = ({ from, application }: Link) => application < (nodes.get(from)?.applied ?? 0);
  const readers = new Map<string, Set<Node>>();
  for (const node of nodes.values())
    for (const { from } of node.calls.flat()) readers.set(from, (readers.get(from) ?? new Set()).add(node));
  const queue = [...nodes.values()];
  for (let node = queue.pop(); node; node = queue.pop()) {
    const left = node.calls.filter((call) => !call.every(isThere));
    if (left.length === node.calls.length) continue;
    node.applied += node.calls.length - left.length;
    node.calls = left;
    queue.push(...(readers.get(node.name) ?? []));
  }
  for (const { name, calls } of nodes.values()) {
    const missing = calls.flat().find((link) => !isThere(link));
    if (missing)
      refuseFile(
        where,
        'layers that each come after their inputs',
        `"${name}", which waits for application ${missing.application} of "${missing.from}"`,
      );
  }
}

function checkEnds(where: string, ends: unknown, nodes: Map<string, Node>): void {
  const links = Array.isArray(ends)
    ? ends
    : refuseFile(where, 'lists of input and output layers', brief(ends));
  for (const { from, application } of links.map((end) => linkOf(where, 'model', end))) {
    const { applied } =
      nodes.get(from) ?? refuseFile(where, `a layer "${from}" at an end of the model`, 'none');
    if (application >= applied)
      refuseFile(
        where,
        `application ${application} of "${from}" at an end of the model`,
        `${applied} of them`,
      );
  }
}
