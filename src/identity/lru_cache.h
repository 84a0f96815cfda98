// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace skyden::identity {

// At most `entries_max` immutable values, the least recently used leave first. Thread-compatible.
template <class Key, class Value>
class LruCache {
 public:
  explicit LruCache(size_t entries_max) : entries_max_(entries_max) {}

  std::shared_ptr<const Value> Find(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->second;
  }

  // Returns the value that had to go for it, if any.
  std::shared_ptr<const Value> Put(const Key& key, std::shared_ptr<const Value> value) {
    std::shared_ptr<const Value> gone = Erase(key);
    order_.emplace_front(key, std::move(value));
    index_.emplace(key, order_.begin());
    if (order_.size() <= entries_max_) return gone;
    gone = std::move(order_.back().second);
    index_.erase(order_.back().first);
    order_.pop_back();
    return gone;
  }

  // Returns what was there.
  std::shared_ptr<const Value> Erase(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    std::shared_ptr<const Value> gone = std::move(found->second->second);
    order_.erase(found->second);
    index_.erase(found);
    return gone;
  }

  template <class Predicate>
  void EraseIf(Predicate predicate) {
    for (auto it = order_.begin(); it != order_.end();) {
      if (predicate(*it->second)) {
        index_.erase(it->first);
        it = order_.erase(it);
      } else {
        ++it;
      }
    }
  }

  size_t size() const { return order_.size(); }

 private:
  using Order = std::list<std::pair<Key, std::shared_ptr<const Value>>>;
  const size_t entries_max_;
  Order order_;  // most recently used first
  absl::flat_hash_map<Key, typename Order::iterator> index_;
};

}  // namespace skyden::identity
