/** The order of a tensor's dimensions in memory. Packed layouts (NC4HW4) never leave the addon. */
export type Layout = 'NCHW' | 'NHWC'
