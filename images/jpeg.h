#pragma once

#include <string_view>

namespace zsq::images {

/// Whether bytes that begin as a JPEG file go on to its end-of-image marker (ITU-T T.81, annex B). A decoder
/// fills what is missing of a truncated one with grey and says nothing. True for what is no JPEG.
bool is_whole_jpeg(std::string_view bytes);

}  // namespace zsq::images
