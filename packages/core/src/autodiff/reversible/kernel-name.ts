/** What the names of the kernels of reversible ops begin with. */
export const reversibleKernel = 'InvertibleReversible';
