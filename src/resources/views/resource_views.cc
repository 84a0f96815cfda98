// SPDX-License-Identifier: Apache-2.0
// tenant -> type -> entry {view, newest revision a notice spoke of, is somebody reading?}.
//
// An entry is current when its view is not older than the newest notice, and no notice since its
// last read began said that nobody knows what changed. One caller at a time reads
// the store for an entry, outside the lock; the others wait for it and then look again, because
// what it read may be older than a commit they already know of. The entry exists before its first
// read begins, so a notice that arrives during the read is not missed.
#include "skyden/resources/resource_views.h"

#include <algorithm>
#include <list>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "resources/views/view_building.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {
namespace {

using ViewPointer = std::shared_ptr<const ResourceView>;

// Row reads of one type that pass before it is given a view.
constexpr uint32_t kRowReadsMax = 4;
// What an entry costs beside its items.
constexpr size_t kEntryBytes = 512;

class CachedViews final : public ResourceViews {
 public:
  CachedViews(store::Store& store, size_t bytes_max) : store_(store), bytes_max_(bytes_max) {
    subscription_ =
        store.Subscribe(std::nullopt, [this](const store::Change& change) { OnChange(change); });
  }

  absl::StatusOr<ViewPointer> Get(const model::TenantScope& scope, model::TypeId type) override {
    return Obtain(scope, type, Trust::kNotices);
  }

  absl::StatusOr<ViewPointer> Resync(const model::TenantScope& scope, model::TypeId type) override {
    return Obtain(scope, type, Trust::kNothing);
  }

  absl::StatusOr<ResourceView::Item> Find(const model::TenantScope& scope, model::TypeId type,
                                          const model::ResourceKey& key) override {
    if (PrefersRow(scope, type)) return ReadRow(scope, type, key);
    SKYDEN_ASSIGN_OR_RETURN(const ViewPointer view, Get(scope, type));
    return view->Find(key);
  }

  Counters counters() const override {
    absl::MutexLock lock(&mu_);
    Counters counters = counters_;
    counters.views = recent_.size();
    counters.bytes = bytes_;
    return counters;
  }

 private:
  enum class Trust { kNotices, kNothing };

  struct Entry {
    model::OrganizationKey organization{};
    model::TenantKey tenant{};
    model::TypeId type{};
    ViewPointer view;            // null until the first read
    model::Revision newest = 0;  // as far as notices say
    bool doubted = false;        // it may be behind, whatever its revision
    bool reading = false;
    bool cached = true;  // false once dropped; its readers finish, but keep nothing
    size_t bytes = 0;
    uint32_t row_reads = 0;
    absl::CondVar read_done;
    std::list<std::shared_ptr<Entry>>::iterator recent;

    bool current() const { return view != nullptr && !doubted && view->revision() >= newest; }
  };
  using TypeEntries = std::vector<std::shared_ptr<Entry>>;  // few: one per type asked for

  void OnChange(const store::Change& change) {
    absl::MutexLock lock(&mu_);
    if (change.tenant == model::TenantKey{}) {
      if (!change.all) return;
      for (const auto& [tenant, entries] : tenants_) Apply(change, entries);
      return;
    }
    const auto found = tenants_.find(change.tenant);
    if (found == tenants_.end()) return;
    if (change.self != store::Change::Self::kGone) return Apply(change, found->second);
    for (const std::shared_ptr<Entry>& entry : found->second) Detach(*entry);
    tenants_.erase(found);
  }

  void Apply(const store::Change& change, const TypeEntries& entries)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    for (const std::shared_ptr<Entry>& entry : entries) {
      if (!change.IsOf(entry->organization, entry->tenant) || !change.Names(entry->type)) continue;
      entry->newest = std::max(entry->newest, change.revision);
      entry->doubted |= change.all;
    }
  }

  absl::StatusOr<ViewPointer> Obtain(const model::TenantScope& scope, model::TypeId type,
                                     Trust trust) {
    std::shared_ptr<Entry> entry;
    ViewPointer base;
    bool doubted = false;
    {
      absl::MutexLock lock(&mu_);
      for (;;) {
        entry = FindOrAdd(scope, type);
        if (trust == Trust::kNotices && entry->current()) return entry->view;
        if (!entry->reading) break;
        entry->read_done.Wait(&mu_);
      }
      entry->reading = true;
      doubted = std::exchange(entry->doubted, false);
      base = entry->view;
    }
    absl::StatusOr<BuiltView> built = Read(scope, type, base.get());
    absl::MutexLock lock(&mu_);
    entry->reading = false;
    entry->read_done.SignalAll();
    if (!built.ok()) {
      entry->doubted |= doubted;
      if (absl::IsNotFound(built.status())) DropEntry(*entry);
      return built.status();
    }
    if (entry->cached) Keep(*entry, *built, base != nullptr);
    return built->view;
  }

  // The view as the store has it now. `base` null: from scratch.
  absl::StatusOr<BuiltView> Read(const model::TenantScope& scope, model::TypeId type,
                                 const ResourceView* base) {
    base::AssertMayBlock();
    BuiltView built;
    const absl::Status status =
        store_.Read(scope, [&](store::ReadTx& tx) { return ReadIn(tx, type, base, built); });
    if (!status.ok()) return status;
    return built;
  }

  absl::Status ReadIn(store::ReadTx& tx, model::TypeId type, const ResourceView* base,
                      BuiltView& built) {
    SKYDEN_ASSIGN_OR_RETURN(const model::Revision revision, tx.CurrentRevision());
    if (base != nullptr) {
      auto changes = tx.ListChanges(type, base->revision());
      if (changes.ok()) {
        Count(&Counters::change_reads);
        built = AdvanceView(*base, *std::move(changes), revision);
        return absl::OkStatus();
      }
      if (!absl::IsOutOfRange(changes.status())) return changes.status();
    }
    SKYDEN_ASSIGN_OR_RETURN(std::vector<model::Resource> all, tx.ListResources(type, std::nullopt));
    Count(&Counters::full_reads);
    built = BuildView(std::move(all), revision);
    if (base != nullptr) {  // as a difference, like an advanced view's
      for (size_t i = 0; i < base->size(); ++i) {
        built.bytes -= static_cast<ptrdiff_t>(BytesOf(*base->at(i)));
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ResourceView::Item> ReadRow(const model::TenantScope& scope, model::TypeId type,
                                             const model::ResourceKey& key) {
    base::AssertMayBlock();
    ResourceView::Item item;
    const absl::Status status = store_.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(auto found, tx.FindResource(type, key));
      if (found.has_value()) item = std::make_shared<const model::Resource>(*std::move(found));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    Count(&Counters::row_reads);
    return item;
  }

  // Whether one row should be read rather than a view made; counts how often that was so.
  bool PrefersRow(const model::TenantScope& scope, model::TypeId type) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    Entry& entry = *FindOrAdd(scope, type);
    if (entry.view != nullptr || entry.reading) return false;
    return entry.row_reads++ < kRowReadsMax;
  }

  // The entry, made the most recently used.
  std::shared_ptr<Entry> FindOrAdd(const model::TenantScope& scope, model::TypeId type)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    TypeEntries& entries = tenants_[scope.tenant()];
    for (const std::shared_ptr<Entry>& entry : entries) {
      if (entry->type != type) continue;
      recent_.splice(recent_.begin(), recent_, entry->recent);
      return entry;
    }
    auto entry = std::make_shared<Entry>();
    entry->organization = scope.organization();
    entry->tenant = scope.tenant();
    entry->type = type;
    entry->bytes = kEntryBytes;
    recent_.push_front(entry);
    entry->recent = recent_.begin();
    entries.push_back(entry);
    bytes_ += entry->bytes;
    return entry;
  }

  void Keep(Entry& entry, const BuiltView& built, bool had_base)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    const size_t before = entry.bytes;
    const size_t base_bytes = had_base ? before : kEntryBytes;
    entry.view = built.view;
    entry.bytes = static_cast<size_t>(static_cast<ptrdiff_t>(base_bytes) + built.bytes);
    bytes_ = bytes_ - before + entry.bytes;
    // The newest stays even when it alone is over the bound: it is in use.
    auto last = recent_.end();
    while (bytes_ > bytes_max_ && last != recent_.begin()) {
      --last;
      Entry& oldest = **last;
      if (&oldest == &entry || oldest.reading) continue;
      const auto next = std::next(last);
      ++counters_.evictions;
      DropEntry(oldest);
      last = next;
    }
  }

  void DropEntry(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (!entry.cached) return;
    const auto found = tenants_.find(entry.tenant);
    TypeEntries& entries = found->second;
    const auto self = std::find_if(entries.begin(), entries.end(),
                                   [&](const auto& other) { return other.get() == &entry; });
    const std::shared_ptr<Entry> alive = *self;
    entries.erase(self);
    if (entries.empty()) tenants_.erase(found);
    Detach(*alive);
  }

  void Detach(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    entry.cached = false;
    bytes_ -= entry.bytes;
    recent_.erase(entry.recent);
  }

  void Count(uint64_t Counters::*counter) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    ++(counters_.*counter);
  }

  store::Store& store_;
  const size_t bytes_max_;
  mutable absl::Mutex mu_;
  absl::flat_hash_map<model::TenantKey, TypeEntries> tenants_ ABSL_GUARDED_BY(mu_);
  std::list<std::shared_ptr<Entry>> recent_ ABSL_GUARDED_BY(mu_);  // most recently used first
  size_t bytes_ ABSL_GUARDED_BY(mu_) = 0;
  Counters counters_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<store::Subscription> subscription_;  // last: stops notices before the rest goes
};

}  // namespace

std::unique_ptr<ResourceViews> ResourceViews::Create(store::Store& store, size_t bytes_max) {
  return std::make_unique<CachedViews>(store, bytes_max);
}

}  // namespace skyden::resources
