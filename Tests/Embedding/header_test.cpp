// coin.h as C++17 sees it.
#include <coin.h>

int main() {
  coin_info info{};
  info.size = sizeof info;
  coin_error error{};
  error.size = sizeof error;
  const coin_status status = coin_probe("", 0, &info, &error);
  return status == COIN_TRUNCATED && coin_version() > 0 ? 0 : 1;
}
