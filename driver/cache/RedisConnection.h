// A connection to a Redis server that answers in time and in bounds, or is given up with the cause:
// a server that is silent, dripping, endless or no Redis server cannot make a run hang.
#ifndef TORCHTIDY_DRIVER_CACHE_REDISCONNECTION_H
#define TORCHTIDY_DRIVER_CACHE_REDISCONNECTION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

struct redisContext;

namespace torchtidy {

struct RedisAddress {
  std::string Host, User, Password;
  unsigned Port = 6379, Database = 0;

  std::string name() const; // as a URL, without user and password
};

// redis://[user:password@]host[:port][/database], user and password percent-encoded. The error is
// the cause alone and does not repeat the password.
llvm::Expected<RedisAddress> parseRedisUrl(llvm::StringRef Url);

using RedisCommand = std::vector<std::string>; // its name and its arguments

struct RedisReply {
  enum { Nothing, Text, List, Error } Kind = Nothing;
  std::string Value; // of Text and Error
  std::vector<std::string> Items;
};

// For a reply that is an error.
llvm::Error refusal(const RedisReply &Reply);

class RedisConnection {
public:
  // Connects, logs in and selects the database.
  static llvm::Expected<RedisConnection> open(const RedisAddress &Address);

  // Sends all commands at once; one reply for each.
  llvm::Expected<std::vector<RedisReply>> exchange(llvm::ArrayRef<RedisCommand> Commands);

private:
  struct Close {
    void operator()(redisContext *Context) const;
  };
  explicit RedisConnection(redisContext *Context) : Context(Context) {}
  llvm::Error trouble() const;

  std::unique_ptr<redisContext, Close> Context;
};

} // namespace torchtidy

#endif
