#include "runtime/compare.h"

#include <algorithm>
#include <array>
#include <random>
#include <sstream>

#include "graph/check.h"
#include "runtime/step.h"

namespace zsq::runtime {
namespace {

/// All that one batch made.
struct Values {
  std::int64_t images = 0;
  std::vector<std::vector<std::int32_t>> slots, outputs;
};

/// Room for the outputs of that many images.
std::vector<std::vector<std::int32_t>> room(const Plan& plan, std::int64_t images) {
  std::vector<std::vector<std::int32_t>> room;
  for (const SlotId id : plan.outputs)
    room.emplace_back(static_cast<std::size_t>(images * plan[id].shape.size()));
  return room;
}

void run(Session& session, std::span<const std::uint8_t> pixels, std::vector<std::vector<std::int32_t>>& room,
         const Observer& observer) {
  const std::vector<std::span<std::int32_t>> outputs(room.begin(), room.end());
  session.run(pixels, outputs, observer);
}

/// By slot, the step that writes it.
std::vector<std::size_t> writers(const Plan& plan) {
  std::vector<std::size_t> writers(plan.slots.size());
  for (std::size_t i = 0; i < plan.steps.size(); ++i) writers[index(output(plan.steps[i]))] = i;
  return writers;
}

class Comparer {
 public:
  Comparer(const Plan& plan, Session& session) : plan_(plan), writers_(writers(plan)), session_(session) {
    found_.tensors = std::ssize(plan.slots);
  }

  void run(std::span<const std::uint8_t> pixels, const Values& wanted) {
    auto outputs = room(plan_, wanted.images);
    runtime::run(session_, pixels, outputs, [&](SlotId id, const TensorView& got) {
      std::visit([&](const auto& values) { compare(values, wanted.slots[index(id)], id, std::nullopt); },
                 got);
    });
    for (std::size_t i = 0; i < outputs.size(); ++i)
      compare(std::span<const std::int32_t>(outputs[i]), wanted.outputs[i], plan_.outputs[i], i);
    found_.images += wanted.images;
  }

  const Comparison& found() const { return found_; }

 private:
  template <class T>
  void compare(std::span<const T> got, const std::vector<std::int32_t>& wanted, SlotId slot,
               std::optional<std::size_t> output) {
    const Shape& shape = plan_[slot].shape;
    const std::size_t step = writers_[index(slot)];
    check(got.size() == wanted.size(), Fault::verification, "step ", step, " made ", got.size(),
          " values, in the reference ", wanted.size());
    if (!output) found_.values += std::ssize(wanted);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (got[i] == wanted[i]) continue;
      if (++found_.mismatches > 1) continue;
      const auto at = static_cast<std::int64_t>(i);
      found_.first = Difference{.step = step,
                                .slot = slot,
                                .output = output,
                                .image = found_.images + at / shape.size(),
                                .channel = at % shape.c,
                                .row = at / (shape.c * shape.w) % shape.h,
                                .column = at / shape.c % shape.w,
                                .got = got[i],
                                .wanted = wanted[i]};
    }
  }

  const Plan& plan_;
  std::vector<std::size_t> writers_;
  Session& session_;
  Comparison found_;
};

Values observe(Session& session, const Plan& plan, std::span<const std::uint8_t> pixels,
               std::int64_t images) {
  Values values{images, std::vector<std::vector<std::int32_t>>(plan.slots.size()), room(plan, images)};
  run(session, pixels, values.outputs, [&](SlotId id, const TensorView& made) {
    std::visit([&](const auto& v) { values.slots[index(id)].assign(v.begin(), v.end()); }, made);
  });
  return values;
}

}  // namespace

std::vector<Comparison> compare(const Plan& plan, std::span<Session* const> sessions,
                                std::span<const std::uint8_t> pixels, std::int64_t batch) {
  check(batch >= 1, Fault::usage, "images cannot be compared ", batch, " at once");
  const auto reference = make_session(plan, Device::reference);
  const auto image = static_cast<std::size_t>(plan.image.size());
  check(!pixels.empty() && pixels.size() % image == 0, Fault::data, "a comparison of ", pixels.size(),
        " pixel values is not one of whole images of ", image);
  std::vector<Comparer> comparers;
  for (Session* session : sessions) comparers.emplace_back(plan, *session);
  const auto images = static_cast<std::int64_t>(pixels.size() / image);
  for (std::int64_t i = 0; i < images; i += batch) {
    const std::int64_t count = std::min(batch, images - i);
    const auto some =
        pixels.subspan(static_cast<std::size_t>(i) * image, static_cast<std::size_t>(count) * image);
    const Values wanted = observe(*reference, plan, some, count);
    for (Comparer& comparer : comparers) comparer.run(some, wanted);
  }
  std::vector<Comparison> found;
  found.reserve(comparers.size());
  for (const Comparer& comparer : comparers) found.push_back(comparer.found());
  return found;
}

std::vector<Comparison> compare(const Plan& plan, std::span<const Device> devices,
                                std::span<const std::uint8_t> pixels, const CompareOptions& options) {
  std::vector<std::unique_ptr<Session>> sessions;
  std::vector<Session*> pointers;
  pointers.reserve(devices.size());
  for (const Device device : devices) {
    sessions.push_back(make_session(plan, device, options.session));
    pointers.push_back(sessions.back().get());
  }
  auto found = compare(plan, pointers, pixels, options.batch);
  for (std::size_t i = 0; i < found.size(); ++i) found[i].device = devices[i];
  return found;
}

std::vector<std::uint8_t> probe_images(const Shape& image, std::int64_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> pixels;
  for (std::int64_t n = 0; n < count; ++n)
    for (std::int64_t y = 0; y < image.h; ++y)
      for (std::int64_t x = 0; x < image.w; ++x)
        for (std::int64_t c = 0; c < image.c; ++c) {
          const auto noise = static_cast<std::int64_t>(random() >> 56);
          const std::array<std::int64_t, 3> extremes{0, 255, (x + y + c) % 2 * 255};
          pixels.push_back(static_cast<std::uint8_t>(
              n < std::ssize(extremes) ? extremes[static_cast<std::size_t>(n)] : noise));
        }
  return pixels;
}

std::string describe(const Plan& plan, const Difference& d) {
  std::ostringstream text;
  text << "step " << d.step << " (" << kind(plan.steps[d.step]) << "), ";
  if (d.output) text << "output " << *d.output << ", ";
  text << "image " << d.image << ", channel " << d.channel << ", row " << d.row << ", column " << d.column
       << ": got " << d.got << ", the reference has " << d.wanted;
  return text.str();
}

}  // namespace zsq::runtime
