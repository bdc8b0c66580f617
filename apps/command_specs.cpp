#include "apps/command_specs.h"

#include "apps/device_options.h"
#include "apps/option_tables.h"
#include "apps/report_output.h"

namespace zsq::apps {

CommandSpec inspect_spec() {
  return {
      "inspect", "MODEL|PLAN", "what a model holds and what cannot be quantized and why; a plan's steps",
      "zsq inspect resnet20.pt",
      joined({{{"write-stats", "FILE", "",
                "what the batch norms remember goes there, for --stats of a folded model"},
               {"privacy-epsilon", "E", "",
                "noise on those statistics: with this budget, and the three that follow"},
               {"privacy-delta", "D", "", "well below one over the number of training images, such as 1e-6"},
               {"privacy-sensitivity", "S", "",
                "how far one image can move all statistics together (docs/formats.md)"},
               {"privacy-key-file", "FILE", "", "secret bytes that the noise is drawn from"},
               {"write-graph", "FILE.json", "",
                "the network without its parameters goes there, for --arch of a state dict"},
               {"force", "", "", "replace what is there"},
               {"json", "", "", "one JSON object on stdout, nothing else there"}},
              model_options()})};
}

CommandSpec synth_spec() {
  return {"synth", "MODEL", "images from batch-norm statistics, with a contact sheet and a report",
          "zsq synth resnet20.pt -o images/ --count 64",
          joined({{{"o,output", "DIR", "", "images.safetensors, contact-sheet.png and report.json go there"},
                   {"keep", "none|grid|all", "all",
                    "what images touch the disk: they can reveal what a model saw"},
                   {"resume", "", "", "keep what an interrupted run has made, in DIR, and carry on from it"},
                   {"shard", "I/N", "",
                    "make the I-th of N parts only, I from 0; any of them reads the same elsewhere"},
                   {"npy", "", "", "images.npy, too: float32 [n,c,h,w], normalised, for other tools"}},
                  report_options(),
                  synthesis_options(),
                  output_options(),
                  model_options()})};
}

CommandSpec quantize_spec() {
  return {
      "quantize", "MODEL", "an integer program; synthesizes its calibration images first",
      "zsq quantize resnet20.pt -o resnet20.zsq",
      joined({{{"o,output", "FILE", "", "the plan"},
               {"images", "DIR|noise", "", "calibrate on these instead: of 'zsq synth', pictures, or noise"},
               {"effort", "instant|fast", "fast",
                "instant: no images, by what its batch norms remember alone, in seconds"},
               {"dry-run", "", "", "say how long it would take, from a few steps of it"}},
              report_options(),
              {{"keep", "none|grid", "grid",
                "whether the report shows calibration images: they can reveal what a model saw"}},
              width_options(),
              method_options(),
              synthesis_options(),
              output_options(),
              model_options()})};
}

CommandSpec search_spec() {
  return {
      "search", "MODEL", "which layer gets how many bits, by what each loses and costs",
      "zsq search resnet20.pt --average-bits 4 -o bits.json",
      joined({{{"o,output", "FILE", "", "the widths, for zsq quantize --bits"},
               {"images", "DIR|noise", "", "measure on these instead: of 'zsq synth', pictures, or noise"},
               {"average-bits", "B", "", "of all weights, at the most"},
               {"max-size", "3MB|0.6x", "", "of the plan's file; 0.6x: a part of what 8 bits have"},
               {"max-bops", "1.2G|0.5x", "", "bit operations: products times both widths"},
               {"max-latency", "1.5ms|0.8x", "", "of one image on this machine, timed by its kernels"},
               {"max-memory", "3MB|0.8x", "", "activations and weights while it runs"},
               {"max-drop", "P", "",
                "the fewest bits that give another class to at most P % of images held back"},
               {"pareto", "N", "", "N best trades of size (of latency, with --max-latency) for loss, too"},
               {"sensitivity", "noise|divergence|hessian", "noise", "by what a layer's width is judged"},
               {"check", "N", "", "how well single losses order N random choices of widths, too"},
               {"latency", "", "", "time the kernels without a limit, too"},
               cpu_path_option(),
               {"weights", "N,N,...", "3,4,5,6,8", "widths that weights may have"},
               {"activations", "N,N,...", "8", "widths that activations may have"},
               {"free-ends", "", "", "the first and the last layer may have fewer than the most, too"}},
              synthesis_options(),
              output_options(),
              model_options()})};
}

CommandSpec eval_spec() {
  return {
      "eval", "PLAN|MODEL", "accuracy of an integer program, and of the float network beside it",
      "zsq eval resnet20.zsq --float resnet20.pt --data cifar10/",
      joined(
          {{{"float", "MODEL", "", "the network the plan was made from, to stand beside it"},
            {"data", "SET", "", "labelled images: a folder per class, labels.txt, or a CIFAR-10 .bin file"},
            {"images", "SET", "", "images instead whose labels are not read: agreement with --float alone"},
            {"top", "N", "", "how often the class is among the N best, too"},
            {"per-class", "", "", "a table of the classes, too"},
            {"card", "FILE", "",
             "a quantization card with the accuracy goes there, and as Markdown beside it"}},
           report_options(),
           device_options(),
           {{"json", "", "", "one JSON object on stdout, nothing else there"},
            {"quiet", "", "", "no progress on stderr"},
            {"force", "", "", "beside a network that the plan was not made from, too; replace a card"}},
           model_options()})};
}

CommandSpec analyze_spec() {
  return {"analyze", "MODEL [PLAN]", "what becomes of each tensor in integers, and what to do about it",
          "zsq analyze resnet20.pt resnet20.zsq",
          joined({{{"images", "DIR|noise", "", "study these instead of synthesized ones"},
                   {"o,output", "FILE", "", "the JSON goes there, too"}},
                  report_options(),
                  width_options(),
                  method_options(),
                  synthesis_options(),
                  output_options(),
                  model_options()})};
}

CommandSpec sweep_spec() {
  auto widths = width_options();
  widths[0].default_value = "4";
  return {
      "sweep", "MODEL", "what each choice beside the method does: one change at a time, on the same images",
      "zsq sweep resnet20.pt --data cifar10/test -o sweep.json",
      joined(
          {{{"data", "SET", "", "labelled images to measure on"},
            {"real", "SET", "", "real images to calibrate on, as one of the choices"},
            {"ablate", "NAME", "",
             "a named recipe's steps instead, one after another, then each left out: guideline"},
            {"images", "DIR|noise", "", "calibrate on these instead of synthesized ones"},
            {"o,output", "FILE", "", "the rows go there as they come; what it has already is not run again"}},
           report_options(),
           widths,
           method_options(),
           synthesis_options(),
           {{"batch", "N", "32", "images run at once; never changes a result"}},
           output_options(),
           model_options()})};
}

CommandSpec reproduce_spec() {
  return {"reproduce",
          "CARD",
          "the plan of a card of zsq quantize, made again and compared byte for byte",
          "zsq reproduce resnet20.card.json",
          {{"o,output", "FILE", "", "the plan goes there, too"},
           {"model", "MODEL", "", "where the model is now, if it is not where it was"},
           {"images", "DIR", "", "where the calibration images are now"},
           {"threads", "N", "", "as zsq quantize has it; never changes a result"},
           {"json", "", "", "one JSON object on stdout, nothing else there"},
           {"quiet", "", "", "no progress on stderr"},
           {"force", "", "", "replace what is there"}}};
}

CommandSpec compare_spec() {
  return {"compare", "MODEL", "float / noise / synthetic / real images x widths: the table of the field",
          "zsq compare resnet20.pt --data cifar10/test --real cifar10/train --bits 8/8,4/4",
          joined({{{"data", "SET", "", "labelled images to measure on"},
                   {"real", "SET", "", "real images to calibrate on (default: some of --data)"},
                   {"bits", "W/A,...", "8/8,6/6,4/4", "widths of weights and activations"},
                   {"csv", "FILE", "", "write the table there as CSV, too"},
                   {"keep-plans", "DIR", "", "the plans go there, such as synthetic-w8a8.zsq"},
                   {"force", "", "", "replace what is there"}},
                  report_options(),
                  method_options(),
                  synthesis_options(),
                  {{"batch", "N", "32", "images run at once; never changes a result"},
                   {"json", "", "", "one JSON object on stdout, nothing else there"},
                   {"quiet", "", "", "no progress on stderr"}},
                  model_options()})};
}

}  // namespace zsq::apps
