// SPDX-License-Identifier: Apache-2.0
// The text form is prometheus-cpp's; what it is given is read from our cells.
#include "skyden/telemetry/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/check.h"

namespace skyden::telemetry {
namespace {

using prometheus::ClientMetric;

// Writes what is there now into a sample.
using Sample = std::function<void(ClientMetric&)>;

prometheus::MetricType TypeOf(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return prometheus::MetricType::Counter;
    case MetricKind::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricKind::kHistogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

std::vector<ClientMetric::Label> Checked(const MetricLabels& labels) {
  std::vector<ClientMetric::Label> all;
  for (const auto& [name, value] : labels) {
    SKYDEN_CHECK(!name.empty() && name != "le" && !name.starts_with('_'));
    SKYDEN_CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos);
    all.push_back({name, value});
  }
  std::sort(all.begin(), all.end());
  return all;
}

void Fill(const Histogram::Reading& reading, ClientMetric::Histogram& histogram) {
  uint64_t so_far = 0;
  for (size_t i = 0; i < reading.counts.size(); ++i) {
    so_far += reading.counts[i];
    histogram.bucket.push_back({so_far, i < reading.bounds.size()
                                            ? reading.bounds[i]
                                            : std::numeric_limits<double>::infinity()});
  }
  histogram.sample_count = so_far;
  histogram.sample_sum = reading.sum;
}

}  // namespace

struct Metrics::Impl {
  struct Series {
    std::vector<ClientMetric::Label> labels;
    Sample sample;
  };
  struct Family {
    MetricKind kind;
    std::string name;
    std::string help;
    std::vector<Series> series;
  };

  void Add(MetricKind kind, std::string_view name, std::string_view help,
           const MetricLabels& labels, Sample sample) {
    SKYDEN_CHECK(NamingFault(kind, name, help).empty());
    Series added{Checked(labels), std::move(sample)};
    absl::MutexLock lock(&mu);
    for (Family& family : families) {
      if (family.name != name) continue;
      SKYDEN_CHECK(family.kind == kind && family.help == help);
      for (const Series& other : family.series) SKYDEN_CHECK(other.labels != added.labels);
      family.series.push_back(std::move(added));
      return;
    }
    Family& family = families.emplace_back(Family{kind, std::string(name), std::string(help), {}});
    family.series.push_back(std::move(added));
  }

  absl::Mutex mu;
  std::vector<Family> families ABSL_GUARDED_BY(mu);
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::AddCounter(std::string_view name, std::string_view help, Read read,
                         MetricLabels labels) {
  impl_->Add(MetricKind::kCounter, name, help, labels,
             [read = std::move(read)](ClientMetric& metric) { metric.counter.value = read(); });
}

void Metrics::AddGauge(std::string_view name, std::string_view help, Read read,
                       MetricLabels labels) {
  impl_->Add(MetricKind::kGauge, name, help, labels,
             [read = std::move(read)](ClientMetric& metric) { metric.gauge.value = read(); });
}

void Metrics::AddHistogram(std::string_view name, std::string_view help, const Histogram& histogram,
                           MetricLabels labels) {
  impl_->Add(MetricKind::kHistogram, name, help, labels,
             [&histogram](ClientMetric& metric) { Fill(histogram.Read(), metric.histogram); });
}

std::string Metrics::Render() const {
  std::vector<prometheus::MetricFamily> page;
  {
    // Held while reading, so that nothing is read after Close().
    absl::MutexLock lock(&impl_->mu);
    for (const Impl::Family& family : impl_->families) {
      prometheus::MetricFamily& shown = page.emplace_back(
          prometheus::MetricFamily{family.name, family.help, TypeOf(family.kind), {}});
      for (const Impl::Series& series : family.series) {
        ClientMetric& metric = shown.metric.emplace_back();
        metric.label = series.labels;
        series.sample(metric);
      }
    }
  }
  return prometheus::TextSerializer().Serialize(page);
}

void Metrics::Close() {
  absl::MutexLock lock(&impl_->mu);
  impl_->families.clear();
}

}  // namespace skyden::telemetry
