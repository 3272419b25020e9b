// Runs in CloudFront (cloudfront-js-2.0): the API knows nothing of the first part of the path that leads to it.
// oxlint-disable-next-line no-unused-vars -- CloudFront calls it
function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\/[^/]+/, '') || '/';
  return request;
}
