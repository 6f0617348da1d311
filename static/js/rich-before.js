// Trix writes its default rules into <style> elements; style-src 'self' refuses them and fills the console with complaints.
// The same rules stand in css/rich.css, so these elements are let fall while Trix loads (rich.js ends that).
document.head.insertBefore = function insertBefore(node, next) {
  return node.matches?.("style[data-tag-name]") ? node : Node.prototype.insertBefore.call(this, node, next);
};
