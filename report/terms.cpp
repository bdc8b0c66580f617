#include "report/terms.h"

#include "report/wrapped.h"

namespace zsq::report {
namespace {

constexpr Term kTerms[] = {
    {"uniform", "the integers stand for equally spaced reals: real = scale * (q - zero point)",
     "all weights and activations; there is no other grid"},
    {"symmetric", "the zero point is 0, so the grid reaches as far down as up",
     "weights: -(2^(b-1)-1) to 2^(b-1)-1"},
    {"asymmetric", "the zero point lies where the values need it, so no code is wasted on one side",
     "activations: one zero point a tensor"},
    {"granularity", "what shares a scale: a tensor, a channel, a group of weights",
     "weights: each output channel has its own; activations: each tensor"},
    {"static", "activation ranges are found once, before the network runs",
     "always; the ranges are in the plan"},
    {"dynamic", "activation ranges are found for each input as it comes", "never"},
    {"calibration", "finding activation ranges on sample inputs",
     "quantize: on synthesized images, on --images, or on noise"},
    {"PTQ", "post-training quantization: no retraining with labels and the training set",
     "quantize; rounding learned on calibration images is still PTQ"},
    {"QAT", "quantization-aware training: weights are trained with quantization in the loop",
     "not done on training data; distillation of learned rounding is its data-free relative"},
    {"zero-shot level 1", "no data and no finetuning", "quantize without --images, rounding not learned"},
    {"zero-shot level 2", "no data, but finetuning on what was made without it",
     "quantize without --images, rounding learned (the default below 6 bits)"},
    {"simulated", "integers are only imagined: values are rounded in float arithmetic (fake quantization)",
     "to choose between steps; no figure that is reported comes of it but the steps' dB"},
    {"integer-only", "the whole network runs in integer multiply, add and shift, without any float",
     "every plan: run, eval, verify, bench"},
    {"dyadic", "a scale is an integer over a power of two, so rescaling is a multiply and a shift",
     "every rescaling of a plan"},
    {"mixed precision", "layers of different widths", "quantize --bits"},
    {"batch-norm folding", "a batch norm's factor and offset go into the layer before it",
     "quantize's first step; the function is the same"},
    {"equalization", "a channel's range is moved from one layer to the next, the function unchanged",
     "in front of depthwise layers (--equalization)"},
    {"bias correction", "a layer's bias takes back the mean shift that rounding gave its output",
     "--bias-correction"},
    {"average channel precision", "mean over channels of channel range / tensor range (Yun and Wong 2021)",
     "analyze: near 1 is good for a scale of the whole tensor, near 0 is bad"},
    {"SQNR", "signal to quantization noise, 10 log10(sum float^2 / sum difference^2), in dB",
     "quantize's steps, eval, compare, analyze"},
    {"agreement", "images on which float and integers have the same first class, in per cent",
     "eval, compare, analyze"},
    {"confounder", "a choice beside the method under test that moves the accuracy (Garg et al. 2021)",
     "cards: card diff names them, compare-cards does not rank across them"},
    {"quantization card", "a list of all such choices of one run", "quantize and eval --card write it"},
};

}  // namespace

std::span<const Term> terms() { return kTerms; }

std::string terms_text() {
  std::string text = "The words that label every run, and where zsq uses them:\n\n";
  for (const Term& term : terms())
    text +=
        std::string(term.word) + "\n" + wrapped(term.meaning) + wrapped("here: " + std::string(term.here));
  return text;
}

}  // namespace zsq::report
