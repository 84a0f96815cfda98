// SPDX-License-Identifier: Apache-2.0
// Process metrics in Prometheus' text form. Labels come from closed sets only: never a tenant's or
// zone's name.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace skyden::telemetry {

// Thread-safe. Handles are resolved once, in constructors, and live as long as the registry.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  class Counter {
   public:
    virtual ~Counter() = default;
    virtual void Add(uint64_t n = 1) = 0;
  };
  // `name` as skyden_<module>_<noun>_<unit>.
  Counter& NewCounter(const std::string& name, const std::string& help);
  // `read` is called at each scrape; it must not block.
  void NewGauge(const std::string& name, const std::string& help, std::function<double()> read);
  // The whole registry as text/plain; version=0.0.4.
  std::string Render() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace skyden::telemetry
