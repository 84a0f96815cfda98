// SPDX-License-Identifier: Apache-2.0
// Reads the text form of metrics, as strictly as its description allows.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace skyden::telemetry {

struct Exposition {
  struct Family {
    std::string type;
    std::string help;
    std::map<std::string, double> samples;  // by name and labels, as they stand there
    std::vector<std::string> order;         // of the samples
  };
  std::map<std::string, Family> families;
  std::vector<std::string> faults;  // of the form, of names, and of what histograms add up to

  // Of a sample, "name" or "name{label=\"value\"}"; -1 when there is none.
  double operator[](const std::string& sample) const;
};

Exposition ParseExposition(const std::string& text);

}  // namespace skyden::telemetry
