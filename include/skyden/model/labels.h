// SPDX-License-Identifier: Apache-2.0
// Sorted key-value pairs in one block of memory.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skyden::model {

// The labels of a resource, or the tags of a proxy: unique keys, in bytewise order, so that two
// equal sets print and hash alike. Named and meant as std::map's, with one block where a map has a
// node for each pair: a control plane holds a handful of labels for each of very many resources.
// Finding is O(log n), adding and removing O(n); both invalidate iterators and references.
// Pairs are changed through operator[] or insert_or_assign, never through an iterator.
class Labels {
 public:
  using key_type = std::string;
  using mapped_type = std::string;
  using value_type = std::pair<std::string, std::string>;
  using size_type = size_t;
  using const_iterator = std::vector<value_type>::const_iterator;
  using iterator = const_iterator;

  Labels() = default;
  // Of pairs with the same key the first counts.
  Labels(std::initializer_list<value_type> pairs) : Labels(pairs.begin(), pairs.end()) {}
  template <typename Iterator>
  Labels(Iterator first, Iterator last) {
    insert(first, last);
  }

  const_iterator begin() const { return pairs_.begin(); }
  const_iterator end() const { return pairs_.end(); }
  size_t size() const { return pairs_.size(); }
  bool empty() const { return pairs_.empty(); }
  // Bytes for `count` pairs are taken at once.
  void reserve(size_t count) { pairs_.reserve(count); }

  const_iterator find(std::string_view key) const {
    const auto place = Place(key);
    return Holds(place, key) ? place : end();
  }
  bool contains(std::string_view key) const { return Holds(Place(key), key); }
  size_t count(std::string_view key) const { return contains(key) ? 1 : 0; }
  // Throws std::out_of_range without the key.
  const std::string& at(std::string_view key) const {
    const auto place = Place(key);
    if (!Holds(place, key)) throw std::out_of_range("no such label");
    return place->second;
  }

  // Adds an empty value where there is none.
  std::string& operator[](std::string_view key) {
    return Mutable(emplace(key, std::string_view()).first)->second;
  }
  // Nothing changes, and false is returned, when the key is there.
  template <typename Key, typename Value>
  std::pair<const_iterator, bool> emplace(Key&& key, Value&& value) {
    const auto place = Place(key);
    if (Holds(place, key)) return {place, false};
    return {pairs_.emplace(place, std::forward<Key>(key), std::forward<Value>(value)), true};
  }
  template <typename Value>
  void insert_or_assign(std::string_view key, Value&& value) {
    (*this)[key] = std::forward<Value>(value);
  }
  std::pair<const_iterator, bool> insert(value_type pair) {
    return emplace(std::move(pair.first), std::move(pair.second));
  }
  template <typename Iterator>
  void insert(Iterator first, Iterator last) {
    for (; first != last; ++first) emplace(first->first, first->second);
  }
  size_t erase(std::string_view key) {
    const auto place = Place(key);
    if (!Holds(place, key)) return 0;
    pairs_.erase(place);
    return 1;
  }
  const_iterator erase(const_iterator place) { return pairs_.erase(place); }
  void clear() { pairs_.clear(); }

  friend bool operator==(const Labels&, const Labels&) = default;
  friend auto operator<=>(const Labels&, const Labels&) = default;

 private:
  const_iterator Place(std::string_view key) const {
    // What is read from the store comes in order.
    if (!pairs_.empty() && pairs_.back().first < key) return pairs_.end();
    return std::lower_bound(pairs_.begin(), pairs_.end(), key,
                            [](const value_type& a, std::string_view b) { return a.first < b; });
  }
  bool Holds(const_iterator place, std::string_view key) const {
    return place != pairs_.end() && place->first == key;
  }
  std::vector<value_type>::iterator Mutable(const_iterator place) {
    return pairs_.begin() + (place - pairs_.begin());
  }

  std::vector<value_type> pairs_;
};

}  // namespace skyden::model
