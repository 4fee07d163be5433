// 'twinfer/compare': what measures and judges, and the golden packs that rest on it.
export * from './compare/index.js'
export * from './pack/index.js'
