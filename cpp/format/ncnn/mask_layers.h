#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace twinfer {

// A blob that a layer without a mask hands to a masked one: in low precision, where the masked layer reads
// fp32.
struct Bridge {
    std::string from, to, blob;
    std::string layer; // that widens it, and was put between the two
};

struct MaskedParam {
    std::string text;
    std::vector<Bridge> bridges;
    // By index in `text`, the layers whose blobs are fp32 among themselves: the masked ones and the bridges.
    std::vector<int> wide;
};

// The text of a .param with bits of the feature mask (parameter 31: what a layer does without) set for some
// layers, beside those that they have.
//
// ncnn (20261020, NetPrivate::convert_layout) narrows an fp32 blob for a layer that stores less, but does not
// widen a 16-bit one for a layer whose storage is masked: its fp32 kernel would read past the end. So
// wherever a layer that is not masked feeds one that is, a DeepCopy comes between. No processor's DeepCopy
// stores 16 bits, and what stores none is widened for. Every Split is masked as well: it then hands on
// whatever it gets, where it would narrow fp32 for layers that want it. No weights are added or moved: the
// .bin is the same.
//
// Throws what parseTextParam throws, and TWINFER_INVALID_ARGUMENT for an index that is no layer's.
MaskedParam maskLayers(std::string_view param, const std::set<int>& masked, int bits);

} // namespace twinfer
