#include "runtime/cuda/depthwise.h"

#include "runtime/cuda/finish.h"

namespace zsq::runtime::cuda {
namespace {

constexpr std::int64_t kChannels = 4;  // of a word

/// [4 channels][row of places][column][word][channel][row of the word], zero beside the kernel's own.
std::vector<std::int8_t> packed_weights(const Kernel& kernel) {
  const int size = kernel.window.kernel.h, stride = kernel.window.stride.h;
  const int places = depthwise_places(size, stride).rows, rows = 4 * depthwise_words(size, stride);
  std::vector<std::int8_t> packed;
  for (std::int64_t first = 0; first < kernel.outputs; first += kChannels)
    for (int place = 0; place < places; ++place)
      for (int column = 0; column < size; ++column)
        for (int word = 0; word < rows; word += 4)
          for (std::int64_t c = first; c < first + kChannels; ++c)
            for (int row = word - place * stride; row < word - place * stride + 4; ++row)
              packed.push_back(c < kernel.outputs && 0 <= row && row < size
                                   ? kernel.weight[static_cast<std::size_t>((c * size + row) * size + column)]
                                   : std::int8_t{0});
  return packed;
}

}  // namespace

bool depthwise_takes(const Conv2d& s) {
  const Window& w = s.kernel.window;
  const int size = w.kernel.h, stride = w.stride.h;
  return s.kernel.groups == s.kernel.outputs && s.kernel.inputs_per_group == 1 && !s.residual &&
         (size == 3 || size == 5 || size == 7) && w.kernel.w == size && (stride == 1 || stride == 2) &&
         w.stride.w == stride && w.dilation == Size2{};
}

Launches prepare_depthwise(const Context& context, const Conv2d& s) {
  const ConstantArray weight = context.constants.add(packed_weights(s.kernel));
  const Finishes ends = finishes(s, kChannels);
  const ConstantArray finish = context.constants.add(ends.by_output);
  const ConstantArray outside =
      context.constants.add(std::vector(kChannels, static_cast<std::int8_t>(context.plan[s.in].zero_point)));
  const Window& w = s.kernel.window;
  const DepthwisePlaces places = depthwise_places(w.kernel.h, w.stride.h);
  const std::string kernel = "zsq_depthwise_" + std::to_string(w.kernel.h) + "_" + std::to_string(w.stride.h);
  return [&s, weight, finish, outside, places, kernel,
          by_upper_word = ends.by_upper_word ? 1 : 0](const Frame& frame) {
    const Shape& out = (*frame.plan)[s.out].shape;
    const Sides sides = sides_of(s.kernel.window);
    const std::int64_t words = (out.c + kChannels - 1) / kChannels,
                       across = (out.w + places.columns - 1) / places.columns,
                       down = (out.h + places.rows - 1) / places.rows;
    LaunchBuilder to(frame, kernel);
    const DepthwiseArguments a{.in = to.reads(s.in),
                               .out = to.writes(s.out),
                               .weight = to.reads(weight),
                               .finish = to.reads(finish),
                               .outside = to.reads(outside),
                               .y = sides.y,
                               .x = sides.x,
                               .out_w = static_cast<std::int32_t>(out.w),
                               .clamp = s.clamp,
                               .by_upper_word = by_upper_word,
                               .work = {divisor(words), divisor(across), divisor(down),
                                        static_cast<std::uint32_t>(frame.images * down * across * words)}};
    return std::vector{to.one_thread_each(a)};
  };
}

}  // namespace zsq::runtime::cuda
