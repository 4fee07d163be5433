/** Whether typed arrays on this machine are little-endian; they are on all but s390x. */
export const isLittleEndianHost = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
