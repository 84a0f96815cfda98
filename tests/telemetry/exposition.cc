// SPDX-License-Identifier: Apache-2.0
#include "tests/telemetry/exposition.h"

#include <cstdlib>
#include <sstream>

#include "skyden/telemetry/metrics.h"

namespace skyden::telemetry {
namespace {

// "name{labels} value" at its last space; label values may have spaces.
std::string SampleOf(const std::string& line) { return line.substr(0, line.rfind(' ')); }

std::string FamilyOf(const std::string& sample, const Exposition& page) {
  const std::string name = sample.substr(0, sample.find('{'));
  if (page.families.contains(name)) return name;
  for (const std::string part : {"_bucket", "_sum", "_count"}) {
    if (!name.ends_with(part)) continue;
    const std::string base = name.substr(0, name.size() - part.size());
    const auto found = page.families.find(base);
    if (found != page.families.end() && found->second.type == "histogram") return base;
  }
  return "";
}

// A bucket's series without "le", and what "le" is.
std::string WithoutBound(const std::string& sample, std::string& bound) {
  const size_t at = sample.find("le=\"");
  const size_t end = sample.find('"', at + 4);
  bound = sample.substr(at + 4, end - at - 4);
  std::string labels = sample.substr(sample.find('{') + 1, at - sample.find('{') - 1);
  if (labels.ends_with(',')) labels.pop_back();
  return labels.empty() ? "" : "{" + labels + "}";
}

void CheckHistogram(const std::string& name, const Exposition::Family& family, Exposition& page) {
  std::map<std::string, double> last;  // by labels
  std::map<std::string, double> last_bound;
  for (const std::string& sample : family.order) {
    if (!sample.starts_with(name + "_bucket{")) continue;
    std::string bound;
    const std::string series = WithoutBound(sample, bound);
    const double value = family.samples.at(sample);
    if (value < last[series]) page.faults.push_back(sample + " is less than the one before");
    const double at = std::strtod(bound.c_str(), nullptr);
    if (last_bound.contains(series) && at <= last_bound[series]) {
      page.faults.push_back(sample + " is out of order");
    }
    last[series] = value;
    last_bound[series] = at;
    if (bound == "+Inf" && page[name + "_count" + series] != value) {
      page.faults.push_back(sample + " is not the count");
    }
  }
  for (const auto& [series, at] : last_bound) {
    if (at < 1e300) page.faults.push_back(name + series + " has no bucket +Inf");
    if (page[name + "_sum" + series] < 0) page.faults.push_back(name + series + " has no sum");
  }
}

void CheckFamily(const std::string& name, const Exposition::Family& family, Exposition& page) {
  const std::map<std::string, MetricKind> kinds = {{"counter", MetricKind::kCounter},
                                                   {"gauge", MetricKind::kGauge},
                                                   {"histogram", MetricKind::kHistogram}};
  const auto kind = kinds.find(family.type);
  if (kind == kinds.end()) {
    page.faults.push_back(name + ": type \"" + family.type + "\"");
    return;
  }
  const std::string fault = NamingFault(kind->second, name, family.help);
  if (!fault.empty()) page.faults.push_back(name + ": " + fault);
  // OpenMetrics, to which scrapers translate, calls the counter by the name without its end.
  if (family.type == "counter" && page.families.contains(name.substr(0, name.size() - 6))) {
    page.faults.push_back(name + " and the same without _total");
  }
  if (family.samples.empty()) page.faults.push_back(name + ": no samples");
  if (family.type == "histogram") CheckHistogram(name, family, page);
}

}  // namespace

double Exposition::operator[](const std::string& sample) const {
  for (const auto& [name, family] : families) {
    if (const auto found = family.samples.find(sample); found != family.samples.end()) {
      return found->second;
    }
  }
  return -1;
}

Exposition ParseExposition(const std::string& text) {
  Exposition page;
  std::string current;
  if (!text.ends_with('\n')) page.faults.push_back("the last line does not end");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) {
      const std::string rest = line.substr(7);
      const std::string name = rest.substr(0, rest.find(' '));
      const std::string said = rest.size() > name.size() ? rest.substr(name.size() + 1) : "";
      auto [family, is_new] = page.families.try_emplace(name);
      if (!is_new && name != current) page.faults.push_back(name + " comes twice");
      current = name;
      std::string& told = line[2] == 'H' ? family->second.help : family->second.type;
      if (!told.empty()) page.faults.push_back(name + ": " + line.substr(0, 6) + " comes twice");
      told = said;
      continue;
    }
    const std::string sample = SampleOf(line);
    const std::string name = FamilyOf(sample, page);
    if (name.empty() || name != current) {
      page.faults.push_back(line + ": stands outside its family");
      continue;
    }
    Exposition::Family& family = page.families[name];
    const double value = std::strtod(line.c_str() + sample.size(), nullptr);
    if (!family.samples.emplace(sample, value).second) page.faults.push_back(sample + " twice");
    family.order.push_back(sample);
  }
  for (const auto& [name, family] : page.families) CheckFamily(name, family, page);
  return page;
}

}  // namespace skyden::telemetry
