"""Where answers come from: live, live and recorded, or a recording played back."""
