// SPDX-License-Identifier: Apache-2.0
// Stands between a store and its server, and cuts connections at a byte of its choice.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/store/testing.h"

namespace skyden::store::testing {

// Thread-safe. Listens on a socket in a folder of its own.
class PostgresProxy {
 public:
  explicit PostgresProxy(std::string server_folder);
  ~PostgresProxy();
  // What a connection string names as its host.
  std::string folder() const { return dir_.path(); }

  enum class Then {
    kCut,      // both sides, at once: of what is sent the server gets no more than it got
    kSwallow,  // once the server has answered: the answer is lost
    kFreeze,   // says nothing more, and keeps the connection
  };
  // The next time that the client sends bytes with `word` in them, the server gets the first
  // `bytes` of them (all, when there are fewer). Once.
  void Arm(std::string word, size_t bytes, Then then);
  // How many bytes the armed piece had; 0 while none came.
  size_t seen() const { return seen_; }

 private:
  struct Plan {
    std::string word;
    size_t bytes = 0;
    Then then = Then::kCut;
  };
  void Accept();
  void Serve(int client);
  void SwallowAnswer(int client, int server);
  // False when the connection is to end.
  bool FromClient(int client, int server);

  const std::string server_folder_;
  TempDir dir_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::atomic<size_t> seen_{0};
  std::mutex mu_;
  std::unique_ptr<Plan> plan_;
  std::vector<std::thread> serving_;  // of the accepting thread, until it ended
  std::thread accepting_;
};

}  // namespace skyden::store::testing
