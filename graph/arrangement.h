#pragma once

#include <cstdint>
#include <span>
#include <variant>

#include "graph/op.h"

namespace zsq {

/// What a chain of views, transpositions, slices and copies has done to one image's value.
struct Unchanged {};
struct Broadcast {};     // {c, 1, 1} spread over rows and columns
struct Unrecognised {};  // some other order
using Arrangement = std::variant<Unchanged, Flatten, Slice, ChannelShuffle, Broadcast, Unrecognised>;

/// `positions`, of extents `dims` (without the batch), says for every element where in the source it comes
/// from: (c * source.h + h) * source.w + w. What was done is read off the result alone, whatever the way
/// there was.
Arrangement arrangement(std::span<const std::int64_t> positions, std::span<const std::int64_t> dims,
                        const Shape& source);

}  // namespace zsq
