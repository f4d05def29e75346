// imgconv.h as C++17 sees it.
#include <imgconv.h>

int main() {
  imgconv_source source{};
  source.size = sizeof source;
  source.bytes = "no picture";
  source.byte_count = 10;
  imgconv_error error{};
  error.size = sizeof error;
  imgconv_result *result = nullptr;
  const imgconv_status status = imgconv_inspect(&source, nullptr, &result, &error);
  return status == IMGCONV_UNRECOGNIZED && !result && imgconv_version() > 0 ? 0 : 1;
}
