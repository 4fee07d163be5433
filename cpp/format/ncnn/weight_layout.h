#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "weight_plan.h"

namespace twinfer {

// How the numbers of a block are stored. table: one byte each, an index into 256 floats in front. packed: of
// the bits that the block says, without a tag.
enum class Storage { fp32, fp16, bf16, int8, table, packed };

const char* nameOf(Storage storage);

// Nothing for a word that ncnn does not write; it takes every such tag for that of a table.
std::optional<Storage> storageOfTag(uint32_t tag);
// The words that are tags and nothing else: 0 is also a number.
bool isMarkedTag(uint32_t word);

// The little-endian word at an offset of the .bin; nothing outside of the file.
using ReadWord = std::function<std::optional<uint32_t>(int64_t offset)>;

struct PendingBlock {
    int layer; // its index
    WeightBlock block;
};

// A block and its place in the .bin.
struct PlacedBlock {
    int layer;
    WeightBlock block;
    int64_t start;  // of the tag, or of the numbers where there is none
    int64_t offset; // of the numbers
    int64_t bytes;
    Storage storage;
    uint32_t tag; // the word read for one; 0 without
    int64_t end() const { return offset + bytes; }
};

// What the first `layers` layers load, in order, up to the first of unknown type.
std::vector<PendingBlock> blocksOf(const ParamFile& file, size_t layers);

struct Placing {
    size_t from = 0;                   // the first of the blocks to place …
    int64_t at = 0;                    // … and where it starts
    std::optional<Storage> first = {}; // its storage, whatever its tag says
    bool strict = false;               // stops at the first odd tag
};

struct WeightLayout {
    std::vector<PlacedBlock> blocks;
    int64_t end = 0; // where the last block ends, which may be behind the end of the file
    int odd = -1; // index of the first block whose tag ncnn does not write, or that it takes for int8 where
                  // the layer has no scales
    bool misread = false; // there are int8 blocks that their layer would read as floats
};

// Places blocks one behind the other, as ncnn reads them. Behind the end of the file weights are taken to be
// stored as the ones before.
WeightLayout placeBlocks(const std::vector<PendingBlock>& pending, const ReadWord& word,
                         const Placing& placing = {});

} // namespace twinfer
