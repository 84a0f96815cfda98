// SPDX-License-Identifier: Apache-2.0
#include "skyden/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <deque>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace skyden::telemetry {
namespace {

class PrometheusCounter final : public Metrics::Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
  void Add(uint64_t n) override { counter_.Increment(static_cast<double>(n)); }

 private:
  prometheus::Counter& counter_;
};

}  // namespace

struct Metrics::Impl {
  struct Read {
    prometheus::Gauge* gauge;
    std::function<double()> read;
  };
  prometheus::Registry registry;
  absl::Mutex mu;
  std::deque<PrometheusCounter> counters ABSL_GUARDED_BY(mu);  // stable addresses
  std::deque<Read> gauges ABSL_GUARDED_BY(mu);
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Metrics::Counter& Metrics::NewCounter(const std::string& name, const std::string& help) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  absl::MutexLock lock(&impl_->mu);
  return impl_->counters.emplace_back(family.Add({}));
}

void Metrics::NewGauge(const std::string& name, const std::string& help,
                       std::function<double()> read) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
  absl::MutexLock lock(&impl_->mu);
  impl_->gauges.push_back({&family.Add({}), std::move(read)});
}

std::string Metrics::Render() const {
  {
    absl::MutexLock lock(&impl_->mu);
    for (const Impl::Read& gauge : impl_->gauges) gauge.gauge->Set(gauge.read());
  }
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace skyden::telemetry
