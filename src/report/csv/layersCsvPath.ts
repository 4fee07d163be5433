/** Where the layers go when the outputs go to `path`: `out.csv` gives `out.layers.csv`. */
export function layersCsvPath(path: string): string {
  return path.replace(/(\.csv)?$/i, '.layers$1')
}
