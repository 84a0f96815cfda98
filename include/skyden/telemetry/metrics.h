// SPDX-License-Identifier: Apache-2.0
// The metrics page: what is counted (cells.h) under the names and in the text form that Prometheus
// reads. Labels come from closed sets only: never a tenant's or zone's name.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "skyden/telemetry/cells.h"

namespace skyden::telemetry {

enum class MetricKind { kCounter, kGauge, kHistogram };

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

// What is wrong with a metric's name and help by Prometheus's rules for them and ours, or "":
// skyden_<module>_<noun>, then the unit (seconds, bytes) where it has one, then "_total" when, and
// only when, it is a counter. `help`: one line.
std::string NamingFault(MetricKind kind, std::string_view name, std::string_view help);

// Thread-safe. Everything is added by the composition root, once; a name or labels that break the
// rules, come twice, or mean two things end the process there.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  // Called at each scrape, in turn; must not block.
  using Read = std::function<double()>;

  // Series of one name differ in the values of their labels, and share kind and help.
  void AddCounter(std::string_view name, std::string_view help, Read read,
                  MetricLabels labels = {});
  void AddGauge(std::string_view name, std::string_view help, Read read, MetricLabels labels = {});
  // `histogram` lives until Close().
  void AddHistogram(std::string_view name, std::string_view help, const Histogram& histogram,
                    MetricLabels labels = {});

  // Everything, as text/plain; version=0.0.4.
  std::string Render() const;
  // Nothing that was added is read any more once this returns: what it is about may go.
  void Close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace skyden::telemetry
