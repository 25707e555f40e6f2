"""The explorer: a page on which a reader moves S over its triangle and sees the translated picture change."""
