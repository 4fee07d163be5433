#include "weight_check.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "layer_types.h"
#include "weight_repair.h"

namespace twinfer {

namespace {

std::string hex(uint32_t tag) {
    char text[11];
    std::snprintf(text, sizeof text, "0x%08x", tag);
    return text;
}

// As a sentence goes on with it: "1 is", "2 are".
std::string amount(int64_t bytes) {
    return std::to_string(bytes) + (bytes == 1 ? " is" : " are");
}

uint32_t swapped(uint32_t word) {
    return word << 24 | (word & 0xff00) << 8 | (word >> 8 & 0xff00) | word >> 24;
}

// Layers of which the .param says what they load.
size_t certainLayers(const ParamFile& file) {
    size_t known = 0;
    while (known < file.readable && isLayerType(file.layers[known].type)) known++;
    return known;
}

class WeightCheck {
  public:
    WeightCheck(const ParamFile& file, const ReadWord& word, int64_t size, Findings& findings)
        : file_(file), word_(word), size_(size), findings_(findings) {}

    WeightReport run() {
        const size_t layers = certainLayers(file_);
        const bool complete = layers == file_.layers.size() && file_.complete;
        const std::vector<PendingBlock> pending = blocksOf(file_, layers);
        WeightLayout layout = placeBlocks(pending, word_);
        const bool lengthFits = complete ? layout.end == size_ : layout.end <= size_;
        if (layout.odd < 0 && lengthFits) return {std::move(layout.blocks), true};
        if (layout.odd >= 0 && lengthFits && layout.blocks[layout.odd].storage == Storage::table) {
            report("table-weights", "weights are stored as tables of 256 values", "",
                   layout.blocks[layout.odd], Severity::info);
            return {std::move(layout.blocks), false};
        }
        if (auto repair = complete ? repairLayout(pending, layout, word_, size_) : std::nullopt) {
            reportRepair(*repair);
            return {inFile(std::move(repair->layout.blocks)), false};
        }
        if (layout.odd < 0) {
            reportLength(layout);
        } else {
            reportOdd(layout.blocks, layout.odd);
            layout.blocks.resize(layout.odd);
        }
        return {inFile(std::move(layout.blocks)), false};
    }

  private:
    const std::string& nameOfLayer(const PlacedBlock& block) const { return file_.layers[block.layer].name; }

    void report(const char* code, std::string message, std::string help, const PlacedBlock& block,
                Severity severity = Severity::error) const {
        findings_.note(
            {code, std::move(message), std::move(help), nameOfLayer(block), 0, block.start, severity});
    }

    std::vector<PlacedBlock> inFile(std::vector<PlacedBlock> blocks) const {
        const auto beyond = [&](const PlacedBlock& block) { return block.end() > size_; };
        blocks.erase(std::remove_if(blocks.begin(), blocks.end(), beyond), blocks.end());
        return blocks;
    }

    void reportLength(const WeightLayout& layout) const {
        const char* help = "Copy or convert the .bin again, or find the .param that belongs to it.";
        const std::string numbers = "the layers take " + std::to_string(layout.end) +
                                    " bytes, the file has " + std::to_string(size_) + ": ";
        if (layout.end < size_) {
            findings_.note({"trailing-bytes",
                            numbers + amount(size_ - layout.end) + " left over",
                            help,
                            {},
                            0,
                            layout.end,
                            Severity::warning});
            return;
        }
        const auto first = std::find_if(layout.blocks.begin(), layout.blocks.end(),
                                        [&](const PlacedBlock& block) { return block.end() > size_; });
        report("missing-bytes",
               numbers + amount(layout.end - size_) + " missing, first of '" + nameOfLayer(*first) + "'",
               help, *first);
    }

    void reportRepair(const Repair& repair) const {
        const PlacedBlock& block = repair.layout.blocks[repair.index];
        const std::string& name = nameOfLayer(block);
        if (repair.kind == Repair::Kind::badTag) {
            report("bad-tag",
                   "the tag of '" + name + "' is " + hex(block.tag) +
                       ", which ncnn does not write; the sizes fit " + nameOf(block.storage),
                   "One word of the file is damaged: copy or convert it again.", block);
        } else if (repair.kind == Repair::Kind::wrongTag) {
            const std::optional<Storage> said = storageOfTag(block.tag);
            report("tag-mismatch",
                   "the tag of '" + name + "' (" + hex(block.tag) + ") says " +
                       (said ? nameOf(*said) : "a table") + ", but the sizes fit " + nameOf(block.storage) +
                       " only",
                   "The tag does not belong to these weights: convert the model again.", block);
        } else {
            const bool inserted = repair.by > 0;
            const std::string& damaged =
                repair.index > 0 ? nameOfLayer(repair.layout.blocks[repair.index - 1]) : name;
            findings_.note({"shifted-file",
                            std::to_string(inserted ? repair.by : -repair.by) + " bytes were " +
                                (inserted ? "inserted" : "lost") + " in the weights of '" + damaged +
                                "' or around them: the tag of '" + name + "' is not where it must be",
                            "Everything behind is misaligned: copy or convert the file again.", damaged, 0,
                            block.start});
        }
    }

    void reportOdd(const std::vector<PlacedBlock>& blocks, int odd) const {
        const PlacedBlock& block = blocks[odd];
        const std::string& name = nameOfLayer(block);
        if (isMarkedTag(swapped(block.tag))) {
            report("wrong-endianness",
                   "the tag of '" + name + "' is " + hex(block.tag) + ": its bytes are swapped",
                   "The file was written on a big-endian machine, or swapped since: convert the model again.",
                   block);
            return;
        }
        std::string help = "The weights are shifted, damaged or of another network.";
        if (odd > 0)
            help += " The damage begins there, or in the weights of '" + nameOfLayer(blocks[odd - 1]) +
                    "' before.";
        report("bad-tag",
               block.storage == Storage::int8
                   ? "the tag of '" + name + "' says int8, but the layer has no int8 scales (8= or 18=)"
                   : "expected the tag of '" + name + "', found " + hex(block.tag) +
                         "; what follows cannot be read",
               help, block);
    }

    const ParamFile& file_;
    const ReadWord& word_;
    const int64_t size_;
    Findings& findings_;
};

} // namespace

WeightReport checkWeights(const ParamFile& file, const ReadWord& word, int64_t size, Findings& findings) {
    return WeightCheck(file, word, size, findings).run();
}

bool loadsWeights(const ParamFile& file) {
    return !blocksOf(file, certainLayers(file)).empty();
}

} // namespace twinfer
