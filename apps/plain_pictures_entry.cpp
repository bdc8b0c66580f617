// libzsq_plain_pictures.so: libjpeg and libpng for whoever opens them.
#include "apps/version.h"
#include "images/codecs/plain_picture.h"

extern "C" {

[[gnu::visibility("default")]] const char* zsq_library_version() { return zsq::apps::kVersion.data(); }

[[gnu::visibility("default")]] void zsq_plain_picture(std::string_view bytes, std::int64_t channels,
                                                      std::optional<zsq::images::Pixels>& picture) {
  picture = zsq::images::plain_picture(bytes, channels);
}
}
