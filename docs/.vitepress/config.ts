import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';

const docs = fileURLToPath(new URL('..', import.meta.url));

/** The pages of a folder that `npm run docs:pages` writes, by name. */
const pagesOf = (folder: string): DefaultTheme.SidebarItem[] =>
  readdirSync(`${docs}/${folder}`)
    .filter((file) => file.endsWith('.md') && file !== 'index.md')
    .map((file) => file.slice(0, -'.md'.length))
    .map((name) => ({ text: name, link: `/${folder}/${name}` }));

const group = (text: string, pages: Record<string, string>): DefaultTheme.SidebarItem => ({
  text,
  items: Object.entries(pages).map(([link, title]) => ({ text: title, link })),
});

const sidebar: DefaultTheme.SidebarItem[] = [
  group('Start', {
    '/guide/start': 'Install, ten lines',
    '/guide/memory': 'A tfjs model, and no memory',
    '/guide/density': 'A density or a posterior',
    '/guide/coming-from': 'From PyTorch or Julia',
  }),
  group('Guide', {
    '/guide/training': 'Training',
    '/guide/files': 'Files',
    '/guide/backends': 'Backends',
    '/guide/inside': 'How it works inside',
    '/guide/new-layer': 'A layer of your own',
    '/guide/commands': 'Commands',
    '/guide/limits': 'Limits',
  }),
  group('Scenarios', {
    '/scenarios/gallery': 'Gallery',
    '/scenarios/digits': 'Digits, class by class',
    '/scenarios/density2d': 'Densities of the plane',
    '/scenarios/posterior': 'A posterior in closed form',
    '/scenarios/imaging': 'The posterior of an image',
    '/scenarios/unrolled': 'An unrolled inverse problem',
    '/scenarios/weak': 'Weak supervision',
    '/scenarios/change': 'Land use that changed',
    '/scenarios/lossless': 'Digits without loss',
    '/scenarios/volumes': 'Volumes, and threads',
  }),
  { text: 'Layers', link: '/layers/', collapsed: true, items: pagesOf('layers') },
  { text: 'Networks', link: '/networks/', collapsed: true, items: pagesOf('networks') },
  { text: 'Conditioners', collapsed: true, items: pagesOf('conditioners') },
  group('About', {
    '/about/peers': 'Beside other libraries',
    '/about/changelog': 'Changelog',
    '/about/security': 'Security',
  }),
];

export default defineConfig({
  title: 'Invertible',
  description: 'Invertible neural networks and normalizing flows for TensorFlow.js',
  // Where the site is not the root of its host: DOCS_BASE=/invertible/
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: false,
  lastUpdated: false,
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/guide/start' },
      { text: 'Gallery', link: '/scenarios/gallery' },
      { text: 'Layers', link: '/layers/' },
      { text: 'API', link: '/api/' },
    ],
    sidebar,
    outline: [2, 3],
  },
});
