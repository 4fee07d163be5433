/** The machine this runs on; cross targets name a toolchain file from cmake/toolchains. */
export function hostTarget() {
  return {
    name: `${process.platform}-${process.arch}`,
    compiler: process.env.CXX || 'c++',
    toolchain: process.env.CMAKE_TOOLCHAIN_FILE,
  }
}
