import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pins } from '../engines/paths.mjs'

const apache = 'The terms are those of the Apache License 2.0, printed once at the end of this file.'
const bsd = 'The terms are those of the BSD 3-Clause licence, printed once near the end of this file.'

/**
 * What is linked into the addon, and into the WebAssembly beside it. Not here: what the engines' sources hold but their
 * builds leave out (OpenCL, CUDA, Metal, KleidiAI, stb_image, pybind11, protobuf).
 * `sources` is { project, ncnn, mnn, zig }: folders.
 */
export function components({ project, ncnn, mnn, zig }) {
  return [
    {
      name: `ncnn ${pins.ncnn.version}`,
      licence: 'BSD-3-Clause, parts under the zlib licence',
      copyright: copyrightsIn(ncnn, 'LICENSE.txt', /^Copyright \(C\) 2017 Tencent/),
      use: 'Linked statically. Its licence file also names parts of its repository that are not used here.',
      text: textOf(ncnn, 'LICENSE.txt'),
    },
    {
      name: 'glslang',
      licence: 'BSD-3-Clause, BSD-2-Clause, MIT, Apache-2.0, GPL-3.0 with the Bison exception',
      copyright: ['the holders named in the licence file below'],
      use: "Linked statically, as ncnn's compiler of Vulkan shaders.",
      text: textOf(ncnn, 'glslang/LICENSE.txt'),
    },
    {
      name: `MNN ${pins.mnn.version}`,
      licence: 'Apache-2.0',
      copyright: copyrightsIn(mnn, 'include/MNN/Interpreter.hpp', /Copyright © .*Alibaba/),
      use: `Linked statically. The crate that its source arrives in (${pins.mnn.archive}) holds no licence file and declares Apache-2.0. ${apache}`,
    },
    {
      name: 'Parts of TensorFlow in MNN',
      licence: 'Apache-2.0',
      copyright: copyrightsIn(mnn, 'source/backend/cpu/CPUFixedPoint.hpp', /Copyright .*TensorFlow/),
      use: `Fixed-point arithmetic and non-maximum suppression. ${apache}`,
    },
    {
      name: 'FlatBuffers',
      licence: 'Apache-2.0',
      copyright: copyrightsIn(mnn, '3rd_party/flatbuffers/include/flatbuffers/flatbuffers.h', /Copyright/),
      use: `Headers compiled into MNN and into the check of .mnn files. ${apache}`,
    },
    {
      name: 'half',
      licence: 'MIT',
      copyright: copyrightsIn(mnn, '3rd_party/half/LICENSE.txt', /Copyright/),
      use: 'Header compiled into MNN.',
      text: textOf(mnn, '3rd_party/half/LICENSE.txt'),
    },
    {
      name: 'Vulkan headers and loader wrapper',
      licence: 'Apache-2.0',
      copyright: [
        ...copyrightsIn(mnn, 'source/backend/vulkan/vulkan/vulkan_core.h', /Copyright/),
        ...copyrightsIn(mnn, 'source/backend/vulkan/vulkan/vulkan_wrapper.h', /Copyright/),
      ],
      use: `Compiled into MNN. ${apache}`,
    },
    {
      name: 'libyuv (CPU detection)',
      licence: 'BSD-3-Clause',
      copyright: copyrightsIn(mnn, 'source/backend/cpu/x86_x64/cpu_id.h', /Copyright/),
      use: `Compiled into MNN. ${bsd}`,
    },
    {
      name: 'Skia (matrices, rectangles and vectors)',
      licence: 'BSD-3-Clause',
      copyright: [
        ...copyrightsIn(mnn, 'include/MNN/Matrix.h', /Copyright .*Android/),
        ...copyrightsIn(mnn, 'source/cv/SkNx.h', /Copyright/),
      ],
      use: `Compiled into MNN. ${bsd}`,
    },
    {
      name: 'node-addon-api',
      licence: 'MIT',
      copyright: copyrightsIn(project, 'node_modules/node-addon-api/LICENSE.md', /^Copyright/),
      use: 'Headers compiled into the addon.',
      text: textOf(project, 'node_modules/node-addon-api/LICENSE.md'),
    },
    {
      name: 'libstdc++ and libgcc',
      licence: 'GPL-3.0-or-later with the GCC Runtime Library Exception 3.1',
      copyright: ['Free Software Foundation, Inc.'],
      use: "Linked statically. The text of the GPL version 3 is part of glslang's licence file above; the exception:",
      text: textOf(project, 'scripts/notices/gcc-runtime-library-exception.txt'),
    },
    {
      name: 'wasi-libc',
      licence: 'MIT',
      copyright: ['the authors of wasi-libc, of musl (Rich Felker and others) and of CloudABI'],
      use: 'The C library of format.wasm, linked statically.',
      text: textOf(zig, 'ziglang/lib/libc/wasi/LICENSE-MIT'),
    },
    {
      name: 'musl',
      licence: 'MIT',
      copyright: copyrightsIn(zig, 'ziglang/lib/libc/musl/COPYRIGHT', /^Copyright ©/),
      use: 'Most of what wasi-libc is made of.',
      text: textOf(zig, 'ziglang/lib/libc/musl/COPYRIGHT'),
    },
    {
      name: 'libc++ and libc++abi',
      licence: 'Apache-2.0 with the LLVM exceptions',
      copyright: ['the LLVM project'],
      use: `The C++ library of format.wasm, linked statically. ${apache}`,
    },
    {
      name: 'BSD 3-Clause licence',
      licence: 'for libyuv and Skia above',
      copyright: ['the holders named there'],
      use: 'The terms:',
      text: textOf(ncnn, 'glslang/LICENSES/BSD-3-Clause.txt').replace(/^Copyright \(c\) <year>.*\n/, ''),
    },
    {
      name: 'Apache License 2.0',
      licence: 'for MNN, TensorFlow, FlatBuffers, Vulkan and libc++ above',
      copyright: ['the holders named there'],
      use: 'The terms:',
      text: textOf(project, 'LICENSE'),
    },
  ]
}

function textOf(folder, file) {
  return readFileSync(join(folder, file), 'utf8')
}

/** The lines of a file that match, once each and without comment marks; an error where it states none. */
function copyrightsIn(folder, file, pattern) {
  const lines = textOf(folder, file)
    .split('\n')
    .map((line) => line.replace(/^[\s/*#]+|[\s/*]+$/g, ''))
    .filter((line) => pattern.test(line))
  if (lines.length === 0) throw new Error(`${join(folder, file)} names no copyright holder any more`)
  return [...new Set(lines)].map((line) => line.replace(/^Copyright:?\s*/, ''))
}
